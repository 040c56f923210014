/** The command line of `npm run bench`. Plain .mjs, because wrong words are refused before a newer Node is fetched. */
import { parseArgs } from "node:util";
import { UsageError } from "../stack/failure.mjs";

/** Every part, in the order in which they run. `parts/index.ts` has one for each name. */
export const partNames = /** @type {const} */ ([
  "l0",
  "winners",
  "sold-out",
  "repeats",
  "mix",
  "page",
  "live",
  "kafka",
  "worker",
  "redis",
  "latency",
  "growth",
]);

/** What can be measured, as `--only` names it: "way-7" is "way 7" in tables. */
export const candidateWords = [
  "L0",
  "ours",
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => `way-${number}`),
  "Next-route",
];

export const HELP = `npm run bench                         every part, at most 40 minutes on 2 cores
npm run bench -- winners sold-out     these parts only, in the usual order
npm run bench -- --rounds N           rounds of each candidate, 1 to 50 (5)
npm run bench -- --seconds S          seconds of each round, 1 to 60 (4)
npm run bench -- --only ours,way-7    in parts with a crowd these candidates only
npm run bench -- --full               growth up to a million coupons
npm run bench -- --help               this text

The parts: ${partNames.join(", ")}.
The candidates: ${candidateWords.join(", ")}.
It brings up Redis, Kafka and MySQL of its own, and prints tables; figures and charts are in .stack/bench/results.
Exit code 0; 1 when it failed, or ours sold too many or lost one; 2 for wrong arguments.`;

/**
 * @typedef {typeof partNames[number]} PartName
 * @typedef {{ parts: PartName[], rounds: number, seconds: number, full: boolean, only: string[] | null }} BenchArguments
 *   only: names of candidates; null: all
 */

/**
 * @param {string[]} words
 * @returns {BenchArguments | "help"}
 * @throws {UsageError}
 */
export function readArguments(words) {
  const { values, positionals } = parse(words);
  if (values.help) return "help";
  const unknown = positionals.filter((word) => !partNames.some((name) => name === word));
  if (unknown.length > 0) throw new UsageError(`There is no part ${unknown.join(", ")}.\n\n${HELP}`);
  return {
    parts: partNames.filter((name) => positionals.length === 0 || positionals.includes(name)),
    rounds: wholeNumber("--rounds", values.rounds ?? "5", 50),
    seconds: wholeNumber("--seconds", values.seconds ?? "4", 60),
    full: values.full ?? false,
    only: values.only === undefined ? null : candidates(values.only),
  };
}

/** @param {string[]} words */
function parse(words) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        rounds: { type: "string" },
        seconds: { type: "string" },
        full: { type: "boolean" },
        only: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(`${/** @type {Error} */ (error).message}\n\n${HELP}`);
  }
}

/**
 * @param {string} option
 * @param {string} text
 * @param {number} max
 */
function wholeNumber(option, text, max) {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw new UsageError(`${option} is "${text}", and must be a whole number from 1 to ${max}.\n\n${HELP}`);
}

/** @param {string} text */
function candidates(text) {
  const words = text.split(",");
  const unknown = words.filter((word) => !candidateWords.includes(word));
  if (unknown.length > 0) throw new UsageError(`There is no candidate "${unknown.join()}".\n\n${HELP}`);
  return words.map((word) => word.replace("-", " "));
}

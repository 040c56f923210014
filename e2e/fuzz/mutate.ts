/** Bending what is valid: values of JSON, and texts. None of the words here is a sign of the inside (e2e/attacks/inside.ts). */
import type { Random } from "./random.ts";

const numbers = [0, -0, -1, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 63), 1e21, 1e308, 5e-324];
const texts = [
  "",
  " ",
  "0",
  "null",
  "__proto__",
  "constructor",
  "toString",
  "then",
  "' or '1'='1",
  "1; drop",
  "$ne",
  "{{7*7}}",
  "<script>alert(1)</script>",
  "../../..",
  "\u0000",
  "\ud800",
  "\u202e",
  "한글",
  "é".repeat(40),
  "a".repeat(65),
  "9".repeat(400),
  "c1-1",
  "operator",
  "usable",
];
const keys = [
  "eventId",
  "couponId",
  "userId",
  "role",
  "cursor",
  "limit",
  "state",
  "__proto__",
  "constructor",
  "json",
  "0",
];

/** A value near the given one, or nothing like it. */
export function mutateJson(random: Random, value: unknown, depth = 0): unknown {
  if (depth < 4 && isObject(value) && random.chance(0.7)) return mutateObject(random, value, depth);
  const kinds = [
    () => random.pick(numbers),
    () => random.pick(texts),
    () => random.pick([null, true, false]),
    () => random.below(1000),
    () => [value],
    () => Array.from({ length: random.below(50) }, () => value),
    () => ({ [random.pick(keys)]: value }),
    () => nested(random.below(200), value),
    () => value,
  ];
  return random.pick(kinds)();
}

function mutateObject(random: Random, object: object, depth: number): unknown {
  const entries = Object.entries(object);
  const at = random.below(entries.length + 1);
  const entry = entries[at];
  if (entry === undefined)
    entries.push([random.pick(keys), random.pick<unknown>([...numbers, ...texts, {}, []])]);
  else if (random.chance(0.2)) entries.splice(at, 1);
  else entry[1] = mutateJson(random, entry[1], depth + 1);
  // Not through an object: "__proto__" has to become a key like any other.
  return new Map(entries);
}

/** Like JSON.stringify, and a Map is an object that may have any keys. */
export function writeJson(value: unknown): string {
  if (value instanceof Map)
    return `{${[...value].map(([key, inner]) => `${JSON.stringify(key)}:${writeJson(inner)}`).join(",")}}`;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  return JSON.stringify(value) ?? "null";
}

/** Some characters of a text doubled, dropped, exchanged or put in. @param alphabet what may be put in */
export function mutateText(random: Random, text: string, alphabet: string): string {
  let bent = text;
  for (let times = 1 + random.below(4); times > 0; times -= 1) {
    const at = random.below(bent.length + 1);
    const end = at + random.below(Math.min(8, bent.length - at + 1));
    const put = random.pick([
      "",
      bent.slice(at, end).repeat(1 + random.below(30)),
      Array.from({ length: 1 + random.below(6) }, () => random.pick([...alphabet])).join(""),
    ]);
    bent = bent.slice(0, at) + put + bent.slice(random.chance(0.5) ? at : end);
  }
  return bent;
}

function nested(depth: number, core: unknown): unknown {
  let value = core;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

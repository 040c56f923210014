/** `npm run test:simulate`: many histories from many seeds, on every core; or one seed again, with its trace. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { runHistory } from "./history.ts";
import type { Outcome, Work } from "./run-worker.ts";

const HELP = `npm run test:simulate -- [--seeds <number>] [--first <seed>] [--workers <number>]
npm run test:simulate -- --seed <seed>

  --seeds    how many histories, from as many seeds; 10000 if nothing is said
  --first    the first seed; 0 if nothing is said
  --seed     one history, told step by step
  --workers  how many at a time; one per core if nothing is said

Exit code 0; 1 when a promise was broken; 2 for wrong arguments.`;

/** Small enough that a failure is known soon, large enough that handing it over costs nothing. */
const SEEDS_AT_A_TIME = 100;

/** Threads beyond any machine's cores only take memory from each other. */
const WORKERS_MAX = 128;

class UsageError extends Error {}

type Options = { seeds: number; first: number; seed: number | null; workers: number };

/** @returns null when help was asked for. @throws UsageError */
function readOptions(args: string[]): Options | null {
  const { values } = parse(args);
  if (values.help) return null;
  const number = (name: "seeds" | "first" | "seed" | "workers", min: number): number | null => {
    const text = values[name];
    if (text === undefined) return null;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > 2 ** 32)
      throw new UsageError(`--${name} takes a whole number from ${min} on, not ${text}`);
    return value;
  };
  return {
    seeds: number("seeds", 1) ?? 10_000,
    first: number("first", 0) ?? 0,
    seed: number("seed", 0),
    workers: Math.min(number("workers", 1) ?? availableParallelism(), WORKERS_MAX),
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args,
      options: { seeds: text, first: text, seed: text, workers: text, help: { type: "boolean" } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** One history with every step. @returns whether every promise was kept */
async function tell(seed: number): Promise<boolean> {
  const { theme, broken, lines } = await runHistory(seed, { withTrace: true });
  console.log(`seed ${seed}, theme "${theme}"; seconds, who, what`);
  for (const line of lines) console.log(line);
  if (broken) console.log(`\n${broken.promise} is broken: ${broken.sentence}`);
  return broken === null;
}

/** Shares the seeds among the workers. @returns the lowest seed that broke a promise, or null */
async function runAll({ seeds, first, workers }: Options): Promise<number | null> {
  const startedMs = performance.now();
  const endSeed = first + seeds;
  const failed: number[] = [];
  let nextSeed = first;
  let done = 0;

  async function drive(worker: Worker): Promise<void> {
    while (nextSeed < endSeed && failed.length === 0) {
      const work: Work = { first: nextSeed, count: Math.min(SEEDS_AT_A_TIME, endSeed - nextSeed) };
      nextSeed += work.count;
      const outcome = await order(worker, work);
      done += work.count;
      if (outcome.brokenSeed !== null) failed.push(outcome.brokenSeed);
      showProgress(done, seeds);
    }
  }

  const useful = Math.min(workers, Math.ceil(seeds / SEEDS_AT_A_TIME));
  const crew = Array.from({ length: useful }, () => new Worker(new URL("./run-worker.ts", import.meta.url)));
  await Promise.all(crew.map(drive));
  await Promise.all(crew.map((worker) => worker.terminate()));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${done} histories in ${seconds} s on ${useful} threads`);
  return failed.length > 0 ? Math.min(...failed) : null;
}

function order(worker: Worker, work: Work): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    worker.once("message", (outcome: Outcome) => {
      worker.off("error", reject);
      resolve(outcome);
    });
    worker.once("error", reject);
    worker.postMessage(work);
  });
}

function showProgress(done: number, seeds: number): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r${done} of ${seeds} histories${done < seeds ? "" : "\n"}`);
  else if (done % 1000 === 0) process.stderr.write(`${done} of ${seeds} histories\n`);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    console.log(HELP);
    return 0;
  }
  if (options.seed !== null) return (await tell(options.seed)) ? 0 : 1;
  const brokenSeed = await runAll(options);
  if (brokenSeed === null) {
    console.log("every promise was kept");
    return 0;
  }
  await tell(brokenSeed);
  console.log(`again with: npm run test:simulate -- --seed ${brokenSeed}`);
  return 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${HELP}`);
  process.exitCode = 2;
}

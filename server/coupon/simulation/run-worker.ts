/** One thread of the simulation: runs the seeds it is given, and says which of them broke a promise first. */
import { parentPort } from "node:worker_threads";
import { runHistory } from "./history.ts";

export type Work = { first: number; count: number };
export type Outcome = { brokenSeed: number | null };

parentPort?.on("message", async ({ first, count }: Work) => {
  for (let seed = first; seed < first + count; seed += 1) {
    const { broken } = await runHistory(seed);
    if (broken) {
      parentPort?.postMessage({ brokenSeed: seed } satisfies Outcome);
      return;
    }
  }
  parentPort?.postMessage({ brokenSeed: null } satisfies Outcome);
});

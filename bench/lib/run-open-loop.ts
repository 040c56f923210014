/** Runs the open-loop generator, and reads what it has found. */
import type { OpenLoad } from "./open-loop.ts";
import { runForResult } from "./run-for-result.ts";
import type { Load } from "./wrk.ts";

/** @param dir for its log and its report */
export function runOpenLoop(dir: string, load: OpenLoad): Promise<Load> {
  return runForResult(dir, "open-loop", load);
}

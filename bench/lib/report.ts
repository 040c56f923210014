/** The files of a run: all figures as JSON, with the machine they were taken on. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { say } from "../../stack/progress.mjs";
import type { BenchArguments } from "../arguments.mjs";
import { RESULTS_DIR } from "../context.ts";
import type { PartResult } from "./result.ts";

export function writeResults(results: readonly PartResult[], settings: BenchArguments): void {
  mkdirSync(RESULTS_DIR, { recursive: true });
  const file = join(RESULTS_DIR, "results.json");
  writeFileSync(file, `${JSON.stringify({ machine: machine(), settings, results }, null, 2)}\n`);
  say(`Figures: ${file}`);
}

function machine() {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? "unknown",
    cores: all.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    at: new Date().toISOString(),
  };
}

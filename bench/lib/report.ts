/** The files of a run: all figures as JSON, with the machine they were taken on, and charts. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { say } from "../../stack/progress.mjs";
import type { BenchArguments } from "../arguments.mjs";
import { RESULTS_DIR } from "../context.ts";
import type { PartResult } from "./result.ts";
import { chartOf, svgOf } from "./svg.ts";
import { ratiosOf } from "./targets.ts";

/** Parts that have a picture, with what their bars show. */
const CHARTS: Record<string, { figures: string[]; unit: string }> = {
  winners: { figures: ["winners", "requests"], unit: "Durable winners per second (L0: requests)" },
  "sold-out": { figures: ["requests"], unit: "Answers per second" },
  page: { figures: ["pages"], unit: "Event pages per second" },
};

export function writeResults(results: readonly PartResult[], settings: BenchArguments): void {
  mkdirSync(RESULTS_DIR, { recursive: true });
  const everything = { machine: machine(), settings, ratios: ratiosOf(results), results };
  writeFileSync(join(RESULTS_DIR, "results.json"), `${JSON.stringify(everything, null, 2)}\n`);
  for (const part of results) {
    const chart = CHARTS[part.name];
    if (chart === undefined) continue;
    const note = `${chart.unit}; medians of ${settings.rounds} rounds of ${settings.seconds} s, lines from least to most. ✗: the audit found something.`;
    writeFileSync(join(RESULTS_DIR, `${part.name}.svg`), svgOf(chartOf(part, chart.figures, note)));
  }
  say(`Figures and charts: ${RESULTS_DIR}`);
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

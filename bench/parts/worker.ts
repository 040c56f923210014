/** Rows from the log: how fast records that stand in Kafka become coupons, in batches and row by row. */
import { setTimeout as sleep } from "node:timers/promises";
import { OURS } from "../candidates/candidate.ts";
import type { Bench } from "../context.ts";
import type { PartResult } from "../lib/result.ts";
import { inTurns } from "../lib/rounds.ts";
import { spread } from "../lib/stats.ts";
import type { Part } from "./part.ts";
import { batches } from "./worker/batches.ts";
import type { LogReader, Prepared } from "./worker/log-reader.ts";
import { rowByRow } from "./worker/row-by-row.ts";

const POLL_MS = 50;
const TIMEOUT_MS = 120_000;

type Round = { rows: number; seconds: number; missing: number };

export const worker: Part = async (bench) => {
  await using cleanUp = new AsyncDisposableStack();
  const readers = [await batches(bench, cleanUp), await rowByRow(bench, cleanUp)];
  for (const reader of readers) await round(bench, reader, 1);
  const measured = await inTurns(readers, bench.settings.rounds, async (reader) => {
    const result = await round(bench, reader, bench.settings.seconds);
    return { result, word: `${(result.rows / result.seconds).toFixed(0)} rows/s` };
  });
  return {
    name: "worker",
    title: "Records of the log become rows in MySQL",
    figures: [
      { key: "rows", label: "rows/s", digits: 0 },
      { key: "missing", label: "missing", digits: 0 },
    ],
    rows: measured.map(({ candidate, results }) => ({
      candidate: candidate.name,
      title: candidate.title,
      isOurs: candidate.name === OURS,
      figures: {
        rows: spread(results.map(({ rows, seconds }) => rows / seconds)),
        missing: spread(results.map(({ missing }) => missing)),
      },
      problems: results.flatMap(({ missing }) => (missing === 0 ? [] : [`${missing} records without a row`])),
    })),
    audited: true,
    notes: ["From the first rows to the last one; the time to join the group is left out."],
  } satisfies PartResult;
};

/** The log is filled first, and only then somebody begins to read it. */
async function round(bench: Bench, reader: LogReader, seconds: number): Promise<Round> {
  const prepared = await reader.prepare(reader.recordsPerSecond * seconds);
  const started = await bench.start(prepared.process);
  try {
    return await countRows(prepared);
  } finally {
    await started.stop();
  }
}

async function countRows({ records, count }: Prepared): Promise<Round> {
  const giveUpMs = performance.now() + TIMEOUT_MS;
  let first: { rows: number; atMs: number } | null = null;
  for (;;) {
    const rows = await count();
    const atMs = performance.now();
    if (rows > 0) first ??= { rows, atMs };
    if (first !== null && (rows >= records || atMs > giveUpMs))
      return {
        rows: rows - first.rows,
        seconds: Math.max(POLL_MS, atMs - first.atMs) / 1000,
        missing: Math.max(0, records - rows),
      };
    if (atMs > giveUpMs) throw new Error(`${records} records, and no row`);
    await sleep(POLL_MS);
  }
}

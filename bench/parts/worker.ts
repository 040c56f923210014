/** Rows from the log: how fast records that stand in Kafka become coupons, in batches and row by row. */
import { setTimeout as sleep } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { OURS } from "../candidates/candidate.ts";
import type { Bench } from "../context.ts";
import type { PartResult } from "../lib/result.ts";
import { inTurns } from "../lib/rounds.ts";
import { spread } from "../lib/stats.ts";
import type { Part } from "./part.ts";
import { batches } from "./worker/batches.ts";
import type { LogReader, Prepared } from "./worker/log-reader.ts";
import { rowByRow } from "./worker/row-by-row.ts";

/** Counting takes MySQL a while, the more rows there are. */
const POLL_MS = 500;
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
    notes: [
      "By the times in the rows, without the first and the last tenth: joining the group and the tail, when partitions run dry, are left out.",
    ],
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

async function countRows({ records, rows }: Prepared): Promise<Round> {
  const giveUpMs = performance.now() + TIMEOUT_MS;
  let count = 0;
  while (count < records && performance.now() < giveUpMs) {
    await sleep(POLL_MS);
    count = await countOf(rows);
  }
  if (count === 0) throw new Error(`${records} records, and no row`);
  return { ...(await middleOf(rows)), missing: Math.max(0, records - count) };
}

async function countOf({ db, table, eventColumn, eventId }: Prepared["rows"]): Promise<number> {
  const [[found]] = await db.query<RowDataPacket[]>(
    `select count(*) as count from ${table} where ${eventColumn} = ?`,
    [eventId],
  );
  return found?.count ?? 0;
}

/** By the times that MySQL wrote, so that nobody has to ask often while it works: eight tenths in the middle of all the time. */
async function middleOf({ db, table, eventColumn, writtenAtColumn: at, eventId }: Prepared["rows"]) {
  const [[found]] = await db.query<RowDataPacket[]>(
    `with span as (
       select min(${at}) as start, timestampdiff(microsecond, min(${at}), max(${at})) as length
       from ${table} where ${eventColumn} = ?
     )
     select count(*) as count, max(length) as length from ${table}, span
     where ${eventColumn} = ?
       and ${at} > start + interval (length * 0.1) microsecond
       and ${at} <= start + interval (length * 0.9) microsecond`,
    [eventId, eventId],
  );
  if (!found?.length) throw new Error("all rows have one time: too few to measure");
  return { rows: found.count, seconds: (found.length * 0.8) / 1_000_000 };
}

/** The product's own reader, on a database, topics and an epoch of its own: no guardian wonders where its rows come from. */
import { join } from "node:path";
import { createPool, type ResultSetHeader } from "mysql2/promise";
import { encodeMarker, encodeRecord } from "#server/coupon/claim-record";
import { ROOT } from "../../../stack/paths.mjs";
import { run } from "../../../stack/run.mjs";
import { OURS } from "../../candidates/candidate.ts";
import type { Bench } from "../../context.ts";
import { PARTITIONS } from "../../ways/one-by-one.ts";
import { fillTopic, type LogReader } from "./log-reader.ts";

const DATABASE = "sunchak_bench_rows";
const EPOCH = 1;

export async function batches(bench: Bench, cleanUp: AsyncDisposableStack): Promise<LogReader> {
  const databaseUrl = await createDatabase(bench);
  const db = createPool({ uri: databaseUrl, timezone: "Z", connectionLimit: 2 });
  cleanUp.defer(() => db.end());
  // As if a guardian had begun it.
  await db.query("update gate_epoch set epoch = ?, topic = 'none', partitions = ?", [EPOCH, PARTITIONS]);
  return {
    name: OURS,
    title: "the worker's batches",
    recordsPerSecond: 25_000,
    async prepare(records) {
      const eventId = await createEvent(db, records);
      const topic = `bench.rows.${eventId}`;
      await bench.admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
      });
      await fillTopic(bench.kafka, topic, [...markers(), ...claims(eventId, records)]);
      return {
        records,
        process: {
          label: "reader of batches",
          script: "bench/lib/log-reader-main.ts",
          env: { DATABASE_URL: databaseUrl, BENCH_TOPIC: topic },
          ready: "/",
        },
        rows: {
          ...{ db, eventId },
          ...{ table: "coupon", eventColumn: "coupon_event_id", writtenAtColumn: "issued_at" },
        },
      };
    },
  };
}

/** Of an earlier use of this part nothing stays. @returns its address */
async function createDatabase({ db, addresses, dir }: Bench): Promise<string> {
  await db.query(`drop database if exists ${DATABASE}`);
  await db.query(`create database ${DATABASE}`);
  const url = new URL(addresses.DATABASE_URL);
  url.pathname = `/${DATABASE}`;
  await run(process.execPath, [join(ROOT, "commands/migrate.ts")], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url.href },
    log: join(dir, "logs", "set-up.log"),
  });
  return url.href;
}

async function createEvent(db: ReturnType<typeof createPool>, limit: number): Promise<number> {
  const [{ insertId }] = await db.execute<ResultSetHeader>(
    `insert into coupon_event
       (display_name, issue_limit, opens_at, expires_at, discount_type, discount_amount, opened_epoch)
     values ('Rows', ?, utc_timestamp(3), utc_timestamp(3) + interval 1 day, 'FIXED_AMOUNT', 1000, ?)`,
    [limit, EPOCH],
  );
  return insertId;
}

function markers() {
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    return { partition, key: null, value: encodeMarker(EPOCH) };
  });
}

function claims(couponEventId: number, count: number) {
  const claimedAt = new Date().toISOString();
  return Array.from({ length: count }, (_, index) => {
    const userId = `user-${index + 1}`;
    const record = { v: 1 as const, epoch: EPOCH, couponEventId, userId, rank: index + 1, claimedAt };
    const value = encodeRecord({ ...record, requestId: `request-${index + 1}` });
    return { partition: index % PARTITIONS, key: userId, value };
  });
}

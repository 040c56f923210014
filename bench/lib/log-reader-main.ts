/** The product's reader of the claim log alone, put together as worker/parts.ts does it, without the guardian. */
import { createServer } from "node:http";
import { createIssuer } from "#server/coupon/issue";
import { connectKafka } from "#server/kafka/client";
import { consumeClaimLog } from "#server/kafka/consumer";
import { connectMysql } from "#server/mysql/connect";
import { mysqlIssueStore } from "#server/mysql/issue-store";
import { silentLog } from "../../commands/lib/parts.ts";

const { KAFKA_BROKERS = "", DATABASE_URL = "", BENCH_TOPIC = "", PORT } = process.env;
/** The same as in worker/parts.ts. */
const POOL_MAX = 10;
const QUERY_TIMEOUT_MS = 10_000;

const mysql = connectMysql({
  url: DATABASE_URL,
  poolMax: POOL_MAX,
  queryTimeoutMs: QUERY_TIMEOUT_MS,
  log: silentLog,
});
const kafka = connectKafka({ brokers: KAFKA_BROKERS.split(","), clientId: "bench-reader", log: silentLog });
const issuer = createIssuer({ store: mysqlIssueStore({ db: mysql.db }), reporter: silentLog });

function die(error: Error): never {
  console.error(error);
  process.exit(1);
}

const consumer = consumeClaimLog({
  kafka,
  group: BENCH_TOPIC,
  topics: [BENCH_TOPIC],
  async handle(records) {
    const [first] = records;
    if (first) await issuer.issue(first.origin, records);
  },
  log: silentLog,
  onLost: die,
  onCrash: die,
});

// Says that it runs, and no more.
createServer((_, res) => res.end("ready")).listen(Number(PORT), "127.0.0.1");

process.once("SIGTERM", async () => {
  await consumer.stop();
  await Promise.all([kafka.close(), mysql.close()]);
  process.exit(0);
});

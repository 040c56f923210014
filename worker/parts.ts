/** What the worker is made of: the one place where its adapters and use cases are put together. */
import { createExaminer } from "#server/coupon/examine";
import { createGuardian } from "#server/coupon/guardian";
import { createIssuer } from "#server/coupon/issue";
import { createLease } from "#server/coupon/lease";
import type { Clock, LogRecord, Reporter } from "#server/coupon/ports";
import { rebuildPace } from "#server/coupon/rebuild";
import { createSweeper } from "#server/coupon/sweep";
import type { workerEnv } from "#server/env";
import type { Probe } from "#server/health";
import { kafkaClaimLog } from "#server/kafka/claim-log";
import { connectKafka } from "#server/kafka/client";
import { consumeClaimLog } from "#server/kafka/consumer";
import { kafkaMarkerLog } from "#server/kafka/marker-log";
import { connectMysql } from "#server/mysql/connect";
import { mysqlEpochStore } from "#server/mysql/epoch-store";
import { mysqlEvents } from "#server/mysql/events";
import { mysqlIssueStore } from "#server/mysql/issue-store";
import { mysqlSeatLedger } from "#server/mysql/ledger";
import { connectRedis } from "#server/redis/client";
import { redisGate } from "#server/redis/gate";

export type WorkerSettings = Pick<
  ReturnType<typeof workerEnv>,
  | "REDIS_URL"
  | "KAFKA_BROKERS"
  | "DATABASE_URL"
  | "CLAIM_TOPIC"
  | "CLAIM_PARTITIONS"
  | "CLAIM_REPLICATION"
  | "CONSUMER_GROUP"
  | "EPOCH_LEASE_MS"
>;
export type WorkerParts = ReturnType<typeof connectParts>;

/** Four partitions are issued side by side, the guardian reads, and one connection may hold a named lock. */
const MYSQL_POOL_MAX = 10;
/** A batch of 1,000 rows may wait for locks; nobody waits for it with a browser open. */
const MYSQL_QUERY_TIMEOUT_MS = 10_000;

/** Connects in the background; no service has to be up yet. */
export function connectParts(
  settings: WorkerSettings,
  { clock, reporter }: { clock: Clock; reporter: Reporter },
) {
  const { EPOCH_LEASE_MS: leaseMs, CONSUMER_GROUP: group } = settings;
  const mysql = connectMysql({
    url: settings.DATABASE_URL,
    poolMax: MYSQL_POOL_MAX,
    queryTimeoutMs: MYSQL_QUERY_TIMEOUT_MS,
    log: reporter,
  });
  const redis = connectRedis({ url: settings.REDIS_URL, clientName: "sunchak-worker", log: reporter });
  const kafka = connectKafka({ brokers: settings.KAFKA_BROKERS, clientId: "sunchak-worker", log: reporter });

  const target = { topic: settings.CLAIM_TOPIC, partitions: settings.CLAIM_PARTITIONS };
  const gate = redisGate({ redis });
  const epochs = mysqlEpochStore({ mysql });
  const ledger = mysqlSeatLedger({ db: mysql.db });
  const markers = kafkaMarkerLog({ ...kafka, group, replication: settings.CLAIM_REPLICATION });
  const lease = createLease({ epochs, clock, leaseMs });
  const issuer = createIssuer({ store: mysqlIssueStore({ db: mysql.db }), reporter });
  const guardian = createGuardian(
    {
      ...{ epochs, ledger, markers, lease, clock, reporter },
      events: mysqlEvents({ db: mysql.db }),
      builder: gate,
      configurer: gate,
      examiner: createExaminer({ epochs, builder: gate, reader: gate, ledger, clock, reporter, target }),
      sweeper: createSweeper({ gate, log: kafkaClaimLog(kafka), lease, reporter }),
    },
    rebuildPace(leaseMs),
  );

  async function issue(records: LogRecord[]): Promise<void> {
    const [first] = records;
    if (first) await issuer.issue(first.origin, records);
  }

  async function askGate(): Promise<string> {
    const current = lease.current();
    if (!current) return "closed";
    return (await gate.scriptsLoaded(current.epoch)) ? "open" : "closed";
  }

  return {
    ...{ mysql, redis, epochs, markers, target, lease, guardian, leaseMs },
    consume: (topics: string[], onCrash: (error: Error) => void) =>
      consumeClaimLog({ kafka, group, topics, handle: issue, log: reporter, onCrash }),
    probes: {
      mysql: () => epochs.currentEpoch().then(() => "up"),
      redis: async () => (redis.isReady() ? "up" : "down"),
      kafka: () =>
        kafka.withAdmin("asking for the brokers", (admin) => admin.describeCluster()).then(() => "up"),
      gate: askGate,
    } satisfies Record<string, Probe>,
    /** After the loops have ended: whatever is under way is cut off. */
    async close() {
      redis.close();
      await Promise.all([kafka.close(), mysql.close()]);
    },
  };
}

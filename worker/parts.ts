/** What the worker is made of: the one place where its adapters and use cases are put together. */
import { createDoubts } from "#server/coupon/doubts";
import { createExaminer } from "#server/coupon/examine";
import { createGuardian } from "#server/coupon/guardian";
import { createIssuer } from "#server/coupon/issue";
import { createLease } from "#server/coupon/lease";
import type { Clock, LogRecord, Reporter } from "#server/coupon/ports";
import { rebuildPace } from "#server/coupon/rebuild";
import { createReplayer } from "#server/coupon/replay";
import { createSweeper } from "#server/coupon/sweep";
import type { workerEnv } from "#server/env";
import { kafkaClaimLog } from "#server/kafka/claim-log";
import { connectKafka } from "#server/kafka/client";
import { consumeClaimLog } from "#server/kafka/consumer";
import { kafkaMarkerLog } from "#server/kafka/marker-log";
import { connectMysql } from "#server/mysql/connect";
import { mysqlEpochStore } from "#server/mysql/epoch-store";
import { mysqlEvents } from "#server/mysql/events";
import { mysqlFailedStore } from "#server/mysql/failed-records";
import { mysqlIssueStore } from "#server/mysql/issue-store";
import { mysqlSeatLedger } from "#server/mysql/ledger";
import { dependencyProbes } from "#server/probes";
import { connectRedis } from "#server/redis/client";
import { redisGate } from "#server/redis/gate";
import type { OnConsumerEnd, RunningConsumer } from "./follow-log.ts";
import { connectKeeping } from "./keeping.ts";

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
  | "ARCHIVE_AFTER_HOURS"
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
  const doubts = createDoubts();
  const issuer = createIssuer({ store: mysqlIssueStore({ db: mysql.db }), reporter });
  const replayer = createReplayer({ store: mysqlFailedStore({ db: mysql.db }), reporter });
  const guardian = createGuardian(
    {
      ...{ epochs, ledger, markers, lease, clock, reporter },
      events: mysqlEvents({ db: mysql.db }),
      builder: gate,
      configurer: gate,
      examiner: createExaminer({
        epochs,
        builder: gate,
        reader: gate,
        ledger,
        doubts,
        clock,
        reporter,
        target,
      }),
      sweeper: createSweeper({ gate, log: kafkaClaimLog(kafka), lease, reporter }),
    },
    rebuildPace(leaseMs),
  );

  async function issue(records: LogRecord[]): Promise<void> {
    const [first] = records;
    if (first) await issuer.issue(first.origin, records);
  }

  const keeping = connectKeeping(
    { mysql, kafka, gate, epochs, lease, doubts, clock, reporter },
    { group, archiveAfterHours: settings.ARCHIVE_AFTER_HOURS },
  );

  return {
    ...{ mysql, redis, epochs, markers, target, lease, guardian, replayer, leaseMs },
    ...keeping,
    consume: (topics: string[], on: OnConsumerEnd): RunningConsumer =>
      consumeClaimLog({
        ...{ kafka, group, topics, handle: issue, log: reporter },
        ...{ onLost: on.lost, onCrash: on.crash },
      }),
    probes: dependencyProbes({ redis, kafka, lease, gate, mysql: () => epochs.currentEpoch() }),
    /** After the loops have ended: whatever is under way is cut off. */
    async close() {
      redis.close();
      await Promise.all([kafka.close(), mysql.close()]);
    },
  };
}

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
import { asGuardian, databaseAccess, kafkaAccess, redisAccess } from "#server/env/services";
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
import { isRefusalOf } from "#server/refusal";
import type { OnConsumerEnd, RunningConsumer } from "./follow-log.ts";
import { connectKeeping } from "./keeping.ts";

export type WorkerSettings = ReturnType<typeof workerEnv>;
export type WorkerParts = ReturnType<typeof connectParts>;

/** The reader issues four partitions side by side; the guardian reads, and one connection may hold a named lock. */
const MYSQL_POOL_MAX = 10;
/** A batch of 1,000 rows may wait for locks; nobody waits for it with a browser open. */
const MYSQL_QUERY_TIMEOUT_MS = 10_000;

/**
 * Connects in the background; no service has to be up yet. The reader of the claim log and the guardian have accounts
 * of their own where the settings say so, since each may do what the other must not (docs/operating.md, "Rights").
 * Redis is the guardian's alone.
 */
export function connectParts(
  settings: WorkerSettings,
  { clock, reporter }: { clock: Clock; reporter: Reporter },
) {
  const { EPOCH_LEASE_MS: leaseMs, CONSUMER_GROUP: group } = settings;
  const reader = connectStores(settings, reporter);
  const { mysql, kafka, epochs } = connectStores(asGuardian(settings), reporter);
  const redis = connectRedis({
    ...redisAccess(settings),
    ...{ clientName: "sunchak-worker", log: reporter, isRefusal: isRefusalOf("Redis") },
  });

  const target = { topic: settings.CLAIM_TOPIC, partitions: settings.CLAIM_PARTITIONS };
  const gate = redisGate({ redis });
  const ledger = mysqlSeatLedger({ db: mysql.db });
  const markers = kafkaMarkerLog({ ...kafka, group, replication: settings.CLAIM_REPLICATION });
  const lease = createLease({ epochs, clock, leaseMs });
  const doubts = createDoubts();
  const issuer = createIssuer({ store: mysqlIssueStore({ db: reader.mysql.db }), reporter });
  const replayer = createReplayer({ store: mysqlFailedStore({ db: reader.mysql.db }), reporter });
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
    ...{ mysql, redis, reader, epochs, markers, target, lease, guardian, replayer, leaseMs },
    ...keeping,
    consume: (topics: string[], on: OnConsumerEnd): RunningConsumer =>
      consumeClaimLog({
        ...{ kafka: reader.kafka, group, topics, handle: issue, log: reporter },
        ...{ onLost: on.lost, onCrash: on.crash },
      }),
    probes: dependencyProbes({ redis, kafka, lease, gate, mysql: () => epochs.currentEpoch() }),
    /** After the loops have ended: whatever is under way is cut off. */
    async close() {
      redis.close();
      await Promise.all([reader.kafka.close(), reader.mysql.close(), kafka.close(), mysql.close()]);
    },
  };
}

function connectStores(settings: WorkerSettings, reporter: Reporter) {
  const mysql = connectMysql({
    ...databaseAccess(settings),
    poolMax: MYSQL_POOL_MAX,
    queryTimeoutMs: MYSQL_QUERY_TIMEOUT_MS,
    log: reporter,
  });
  const kafka = connectKafka({ ...kafkaAccess(settings), clientId: "sunchak-worker", log: reporter });
  return { mysql, kafka, epochs: mysqlEpochStore({ mysql }) };
}

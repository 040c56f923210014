/** The guardian's books: comparing seats with rows, and archiving what is over, composed over the real adapters. */
import { createArchiver } from "#server/coupon/archive";
import { createArchiveRounds } from "#server/coupon/archive-ended";
import { createBookkeeper } from "#server/coupon/bookkeeping";
import type { Doubts } from "#server/coupon/doubts";
import type { Lease } from "#server/coupon/lease";
import { RECONCILE_LOG_WAIT_MS } from "#server/coupon/limits";
import type { Clock, EpochStore, Reporter } from "#server/coupon/ports";
import { createReconciler } from "#server/coupon/reconcile";
import { kafkaClaimLog } from "#server/kafka/claim-log";
import type { KafkaConnection } from "#server/kafka/client";
import { kafkaLogProgress } from "#server/kafka/log-progress";
import { mysqlEventAccounts } from "#server/mysql/accounts";
import type { Mysql } from "#server/mysql/connect";
import { mysqlSeatRows } from "#server/mysql/coupons";
import { mysqlEventArchive } from "#server/mysql/event-archive";
import { mysqlEvents } from "#server/mysql/events";
import { mysqlSeatLedger } from "#server/mysql/ledger";
import type { redisGate } from "#server/redis/gate";

/** @param options.archiveAfterHours 0: no event is archived by itself */
export function connectKeeping(
  parts: {
    mysql: Mysql;
    kafka: KafkaConnection;
    gate: ReturnType<typeof redisGate>;
    epochs: EpochStore;
    lease: Lease;
    doubts: Doubts;
    clock: Clock;
    reporter: Reporter;
  },
  options: { group: string; archiveAfterHours: number },
) {
  const { mysql, kafka, gate, clock, reporter } = parts;
  const { db } = mysql;
  const logWaitMs = RECONCILE_LOG_WAIT_MS;
  const events = mysqlEvents({ db });
  const accounts = mysqlEventAccounts({ db });
  const archive = mysqlEventArchive({ db });
  const progress = kafkaLogProgress({ ...kafka, group: options.group });
  const reconciler = createReconciler({
    ...{ ...parts, events, accounts, progress, seats: gate, log: kafkaClaimLog(kafka) },
    ...{ ledger: mysqlSeatLedger({ db }), rows: mysqlSeatRows({ db }) },
  });
  const archiver = createArchiver({ ...parts, events, archive, reconciler });
  return {
    bookkeeper: createBookkeeper(
      { ...parts, events, accounts, reader: gate, progress, reconciler },
      { logWaitMs },
    ),
    archiveRounds: createArchiveRounds(
      { archive, archiver, clock, reporter },
      { afterHours: options.archiveAfterHours, logWaitMs },
    ),
  };
}

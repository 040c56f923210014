/** What a guardian keeps the books with, for commands that do it by hand: reconciling and archiving one event. */
import { createArchiver } from "#server/coupon/archive";
import type { CouponEvent } from "#server/coupon/coupon-event";
import { leaseRefreshMs } from "#server/coupon/lease";
import { createReconciler } from "#server/coupon/reconcile";
import { commandEnv } from "#server/env";
import { kafkaAccess } from "#server/env/services";
import { kafkaClaimLog } from "#server/kafka/claim-log";
import { connectKafka } from "#server/kafka/client";
import { kafkaLogProgress } from "#server/kafka/log-progress";
import { mysqlEventAccounts } from "#server/mysql/accounts";
import { mysqlSeatRows } from "#server/mysql/coupons";
import { mysqlEpochStore } from "#server/mysql/epoch-store";
import { mysqlEventArchive } from "#server/mysql/event-archive";
import { mysqlSeatLedger } from "#server/mysql/ledger";
import { repeat } from "#server/repeat";
import { connectCommand, silentLog, stderrLog } from "../lib/parts.ts";
import { UsageError } from "../lib/usage.ts";

export type Books = ReturnType<typeof connectBooks>;

/** Between two looks at something that should pass by itself. */
export const LOOK_AGAIN_MS = 500;

/** Runs the work with everything connected, and closes it all afterwards. */
export async function withBooks<T>(work: (books: Books) => Promise<T>): Promise<T> {
  const books = connectBooks(commandEnv());
  try {
    return await work(books);
  } finally {
    await books.close();
  }
}

function connectBooks(env: ReturnType<typeof commandEnv>) {
  const command = connectCommand(env);
  const { clock, mysql, gate, lease, events } = command;
  const { db } = mysql;
  const kafka = connectKafka({ ...kafkaAccess(env), clientId: "sunchak-command", log: silentLog });
  const epochs = mysqlEpochStore({ mysql });
  const common = { events, epochs, lease, clock, reporter: stderrLog };
  const reconciler = createReconciler({
    ...common,
    ...{ ledger: mysqlSeatLedger({ db }), rows: mysqlSeatRows({ db }), accounts: mysqlEventAccounts({ db }) },
    ...{ seats: gate, log: kafkaClaimLog(kafka) },
    progress: kafkaLogProgress({ ...kafka, group: env.CONSUMER_GROUP }),
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  let leaseKept: Promise<void> = Promise.resolve();

  return {
    ...{ clock, reconciler, signal },
    archiver: createArchiver({ ...common, archive: mysqlEventArchive({ db }), gate, reconciler }),

    /** @throws CommandError when MySQL cannot be used, UsageError when there is no such event */
    async findEvent(eventId: number): Promise<CouponEvent> {
      await command.demandMysql();
      const event = await events.findEvent(eventId);
      if (!event) throw new UsageError(`there is no event ${eventId}`);
      return event;
    },

    /** From now on this process speaks for the epoch, as a worker does. @throws CommandError when Redis cannot be used */
    async takeLease(): Promise<void> {
      await command.gateNowMs();
      leaseKept = repeat({
        ...{
          what: "reading the epoch",
          everyMs: leaseRefreshMs(env.EPOCH_LEASE_MS),
          signal,
          clock,
          reporter: silentLog,
        },
        task: () => lease.refresh(),
      });
    },

    async close() {
      stopping.abort();
      await leaseKept;
      await Promise.all([kafka.close(), command.close()]);
    },
  };
}

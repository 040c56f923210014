/** The worker's transaction over the wire: READ COMMITTED, each statement a call of its own. */
import {
  type FailedStore,
  type FailedTransaction,
  type IssueStore,
  inInsertOrder,
  RowRefusedError,
} from "../ports.ts";
import type { Seat } from "../seat.ts";
import type { Database, OpenTransaction } from "./database.ts";
import { failedReads, failedStatements } from "./failed.ts";
import type { Life } from "./process.ts";
import type { Scheduler } from "./scheduler.ts";
import { type Run, whenFree } from "./statement.ts";
import { sourceKey } from "./tables.ts";
import { BrokenConnectionError, type Wire } from "./wire.ts";

/** As the worker's longest wait for one statement, lock waits included. */
const STATEMENT_TIMEOUT_MS = 5000;

const LATE_COMMIT_MS = 3000;

type Place = { eventId: number; userId: string; rank: number };

export type SimulatedStore = IssueStore & FailedStore;

export function issueStore(parts: {
  database: Database;
  wire: Wire;
  scheduler: Scheduler;
  life: Life;
}): SimulatedStore {
  const { database, wire, scheduler, life } = parts;

  /** A statement outside of any transaction. */
  const statement = <R>(what: string, args: unknown, effect: () => R): Promise<R> =>
    wire(life, {
      service: "mysql",
      ...{ what, args, timeoutMs: STATEMENT_TIMEOUT_MS },
      effect: () => {
        if (database.down) throw new BrokenConnectionError("the database is down");
        return effect();
      },
    });

  async function transaction<T>(work: (transaction: FailedTransaction) => Promise<T>): Promise<T> {
    let open: OpenTransaction | null = null;
    let committing = false;
    let closed = false;
    const run = <R>(
      what: string,
      args: unknown,
      effect: (open: OpenTransaction) => R | Promise<R>,
    ): Promise<R> =>
      wire(life, {
        service: "mysql",
        what,
        args,
        timeoutMs: STATEMENT_TIMEOUT_MS,
        effect: () => {
          if (closed || database.down || life.hasEnded()) throw new BrokenConnectionError("not connected");
          open ??= database.begin(life.process.name);
          if (open.state !== "open") throw new BrokenConnectionError("the transaction is gone");
          return effect(open);
        },
      });
    try {
      const result = await work(statements(database, run));
      committing = true;
      await run("commit", undefined, (transaction) => database.commit(transaction));
      return result;
    } catch (error) {
      // The connection is closed, and the server takes back what was not committed; a COMMIT that has reached it
      // may still be carried out before.
      const { rollBack } = database;
      closed = !committing;
      if (open) scheduler.after(committing ? LATE_COMMIT_MS : 0, () => open && rollBack(open));
      throw error;
    }
  }
  return {
    transaction,
    failedTransaction: transaction,
    ...failedReads({ database, nowMs: scheduler.nowMs, run: statement }),
  };
}

function statements(database: Database, run: Run): FailedTransaction {
  const { tables } = database;
  return {
    ...failedStatements(database, run),
    lockPartition: (source) =>
      run("lockPartition", source, (open) =>
        whenFree(
          () => database.lock(open, sourceKey(source)),
          () => ({
            gateEpoch: tables.gate.epoch,
            partitionEpoch: tables.partitionEpochs.get(sourceKey(source)) ?? 0,
          }),
        ),
      ),
    raisePartitionEpoch: (source, epoch) =>
      run("raisePartitionEpoch", { ...source, epoch }, (open) => {
        open.partitionEpochs.set(sourceKey(source), epoch);
      }),
    issueRules: (eventIds) =>
      run("issueRules", eventIds, () => {
        const known = eventIds.flatMap((id) => tables.events.get(id) ?? []);
        return new Map(known.map(({ id, issueLimit, expiresAtMs }) => [id, { issueLimit, expiresAtMs }]));
      }),
    insertCoupons: (rows) =>
      run("insertCoupons", rows.map(shortRow), (open) => {
        if (rows.some(({ userId }) => database.refusedUsers.has(userId)))
          throw new RowRefusedError("refused");
        // A key that another transaction has written and not committed is waited for.
        return whenFree(
          () => rows.map((row) => database.holderOf(open, row)).find((holder) => holder !== undefined),
          () => {
            const fresh = inInsertOrder(rows).filter((row) => {
              if (clashes(open, row)) return false;
              open.coupons.add({ ...row });
              return true;
            });
            return fresh.length;
          },
        );
      }),
    standingRows: (places) => run("standingRows", places.map(shortRow), (open) => standingRows(open, places)),
    recordConflicts: (conflicts) =>
      run(
        "recordConflicts",
        conflicts.map(({ kind }) => kind),
        (open) => {
          open.conflicts.push(...conflicts);
        },
      ),
  };

  function clashes(open: OpenTransaction, { eventId, userId, rank }: Place): boolean {
    const sources = [tables.coupons, open.coupons];
    return sources.some((coupons) => coupons.byRank(eventId, rank) ?? coupons.byUser(eventId, userId));
  }

  function standingRows(open: OpenTransaction, places: readonly Place[]): (Seat & { eventId: number })[] {
    const found = new Set<Seat & { eventId: number }>();
    for (const { eventId, userId, rank } of places)
      for (const coupons of [tables.coupons, open.coupons])
        for (const row of [coupons.byRank(eventId, rank), coupons.byUser(eventId, userId)])
          if (row) found.add(row);
    return [...found].map((row) => ({ ...row }));
  }
}

function shortRow({ eventId, userId, rank }: Place): string {
  return `${eventId}:${userId}#${rank}`;
}

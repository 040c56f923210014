/** The database as a model: committed tables, open transactions with their locks, and a server that goes away. */
import { parkRow } from "../model/model-failed.ts";
import type { CouponRow, FailedEvent, FailedRecord, IssueConflict, LogTopic } from "../ports.ts";
import type { Scheduler } from "./scheduler.ts";
import { type Coupons, createCoupons, createTables, isSameOrigin, type Tables } from "./tables.ts";
import type { Trace } from "./trace.ts";

/** Writes of one transaction, which nobody else sees before the commit. */
export type OpenTransaction = {
  readonly number: number;
  readonly process: string;
  state: "open" | "committed" | "gone";
  coupons: Coupons;
  failed: FailedRecord[];
  conflicts: IssueConflict[];
  partitionEpochs: Map<string, number>;
  /** new states and refusals of failed records */
  failedChanges: { id: number; change: Partial<FailedEvent> }[];
  locked: Set<string>;
  ended: Promise<void>;
  end(): void;
};

export type Database = {
  readonly tables: Tables;
  down: boolean;
  /** changes whenever the server goes away: connections and locks from before are gone */
  session: number;
  /** users whose rows the database refuses for a reason of data */
  refusedUsers: Set<string>;
  /** when each epoch began, in their order */
  epochs: { epoch: number; atMs: number }[];
  /** per event the version that changed its status last */
  statusVersions: Map<number, number>;
  /** process that holds the rebuild's named lock */
  lockOwner: string | null;
  raiseEpoch(next: LogTopic & { after: number; above?: number }): number | null;
  begin(process: string): OpenTransaction;
  commit(transaction: OpenTransaction): void;
  rollBack(transaction: OpenTransaction): void;
  /** Locks one row. @returns the transaction that holds it, if another one does */
  lock(transaction: OpenTransaction, key: string): OpenTransaction | undefined;
  /** The open transaction of somebody else that holds the place or the rank of this row, if one does. */
  holderOf(transaction: OpenTransaction, row: CouponRow): OpenTransaction | undefined;
  goAway(ms: number): void;
  /** What a server does with the connections of a process that died. */
  forget(process: string): void;
};

export function createDatabase(parts: {
  scheduler: Scheduler;
  trace: Trace;
  /** called with every row that is committed */
  onRow: (row: CouponRow) => void;
  onConflict: (conflict: IssueConflict) => void;
  onDiscard: (record: FailedEvent) => void;
}): Database {
  const { scheduler, trace, onRow, onConflict, onDiscard } = parts;
  const tables = createTables();
  const open = new Set<OpenTransaction>();
  let numbers = 0;

  function close(transaction: OpenTransaction, state: "committed" | "gone"): void {
    transaction.state = state;
    open.delete(transaction);
    transaction.end();
  }

  function apply(transaction: OpenTransaction): void {
    for (const row of transaction.coupons.all()) {
      tables.coupons.add(row);
      onRow(row);
    }
    for (const record of transaction.failed) parkRow(tables.failed, record, scheduler.nowMs());
    for (const conflict of transaction.conflicts) {
      if (tables.conflicts.some(({ origin }) => isSameOrigin(origin, conflict.origin))) continue;
      tables.conflicts.push(conflict);
      onConflict(conflict);
    }
    for (const { id, change } of transaction.failedChanges) {
      const record = tables.failed.find((failed) => failed.id === id);
      if (!record) continue;
      Object.assign(record, change, { lastSeenAtMs: scheduler.nowMs() });
      if (change.state === "discarded") onDiscard(record);
    }
    for (const [key, epoch] of transaction.partitionEpochs)
      tables.partitionEpochs.set(key, Math.max(epoch, tables.partitionEpochs.get(key) ?? 0));
  }

  const database: Database = {
    tables,
    down: false,
    session: 1,
    refusedUsers: new Set(),
    epochs: [],
    statusVersions: new Map(),
    lockOwner: null,
    raiseEpoch({ topic, partitions, after, above = 0 }) {
      if (tables.gate.epoch !== after) return null;
      const epoch = Math.max(tables.gate.epoch, above, ...tables.partitionEpochs.values()) + 1;
      tables.gate = { epoch, topic, partitions };
      database.epochs.push({ epoch, atMs: scheduler.nowMs() });
      return epoch;
    },
    begin(process) {
      numbers += 1;
      const { promise, resolve } = Promise.withResolvers<void>();
      const transaction: OpenTransaction = {
        number: numbers,
        process,
        state: "open",
        coupons: createCoupons(),
        failed: [],
        conflicts: [],
        partitionEpochs: new Map(),
        failedChanges: [],
        locked: new Set(),
        ended: promise,
        end: resolve,
      };
      open.add(transaction);
      return transaction;
    },
    commit(transaction) {
      if (transaction.state !== "open") throw new Error("the transaction is gone");
      apply(transaction);
      close(transaction, "committed");
    },
    rollBack(transaction) {
      if (transaction.state === "open") close(transaction, "gone");
    },
    lock(transaction, key) {
      const holder = [...open].find((other) => other !== transaction && other.locked.has(key));
      if (!holder) transaction.locked.add(key);
      return holder;
    },
    holderOf: (transaction, row) =>
      [...open].find(
        (other) =>
          other !== transaction &&
          (other.coupons.byRank(row.eventId, row.rank) ?? other.coupons.byUser(row.eventId, row.userId)),
      ),
    goAway(ms) {
      trace("mysql", () => `goes away for ${ms} ms`);
      database.down = true;
      database.session += 1;
      database.lockOwner = null;
      for (const transaction of [...open]) database.rollBack(transaction);
      scheduler.after(ms, () => {
        database.down = false;
        trace("mysql", () => "is back");
      });
    },
    forget(process) {
      if (database.lockOwner === process) database.lockOwner = null;
      for (const transaction of [...open])
        if (transaction.process === process) database.rollBack(transaction);
    },
  };
  return database;
}

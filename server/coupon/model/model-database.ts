/** The database as a model: tables in memory with their unique keys; a transaction that throws leaves no trace. */
import type { CouponEvent } from "../coupon-event.ts";
import {
  type Clock,
  type CouponRow,
  type EpochStore,
  type EventSource,
  type FailedEvent,
  type FailedStore,
  type GateEpoch,
  type IssueConflict,
  type IssueStore,
  type IssueTransaction,
  inInsertOrder,
  RowRefusedError,
  type SeatLedger,
  type SeatRows,
} from "../ports.ts";
import { failedPage, failedStatements, failedStore } from "./model-failed.ts";

type Tables = {
  events: Map<number, CouponEvent>;
  coupons: (CouponRow & { issuedAtMs: number; code?: string })[];
  failed: FailedEvent[];
  conflicts: IssueConflict[];
  partitionEpochs: Map<string, number>;
  gate: GateEpoch;
};

export type ModelDatabase = EventSource &
  EpochStore &
  SeatLedger &
  SeatRows &
  IssueStore &
  FailedStore & {
    tables(): Tables;
    down: boolean;
    /** users whose rows the database refuses for a reason of data */
    refusedUsers: Set<string>;
    /** codes that coupons of other events have; see `codeOf` */
    takenCodes: Set<string>;
  };

/** Which code a seat gets at this attempt; the real ones only look different. */
export function codeOf({ eventId, rank }: { eventId: number; rank: number }, attempt: number): string {
  return `${eventId}/${rank}/${attempt}`;
}

export function modelDatabase(clock: Clock): ModelDatabase {
  let tables: Tables = {
    events: new Map(),
    coupons: [],
    failed: [],
    conflicts: [],
    partitionEpochs: new Map(),
    gate: { epoch: 0, topic: "", partitions: 0 },
  };
  let locked = false;

  function reachable(): void {
    if (database.down) throw new Error("the model database is down");
  }
  const key = (topic: string, partition: number) => `${topic}/${partition}`;

  function clashes(row: CouponRow, code: string): boolean {
    const isSamePlace = (held: CouponRow) =>
      held.eventId === row.eventId && (held.userId === row.userId || held.rank === row.rank);
    return (
      database.takenCodes.has(code) || tables.coupons.some((held) => held.code === code || isSamePlace(held))
    );
  }

  const transaction: IssueTransaction = {
    async lockPartition({ topic, partition }) {
      reachable();
      return {
        gateEpoch: tables.gate.epoch,
        partitionEpoch: tables.partitionEpochs.get(key(topic, partition)) ?? 0,
      };
    },
    async raisePartitionEpoch({ topic, partition }, epoch) {
      const known = tables.partitionEpochs.get(key(topic, partition)) ?? 0;
      tables.partitionEpochs.set(key(topic, partition), Math.max(known, epoch));
    },
    async issueRules(eventIds) {
      const known = eventIds.flatMap((id) => tables.events.get(id) ?? []);
      return new Map(known.map((event) => [event.id, event]));
    },
    async insertCoupons(rows, codeAttempt = 0) {
      if (rows.some((row) => database.refusedUsers.has(row.userId))) throw new RowRefusedError("refused");
      let inserted = 0;
      for (const row of inInsertOrder(rows)) {
        const code = codeOf(row, codeAttempt);
        if (clashes(row, code)) continue;
        tables.coupons.push({ ...row, issuedAtMs: clock.wallMs(), code });
        inserted += 1;
      }
      return inserted;
    },
    async standingRows(places) {
      return tables.coupons.filter((row) =>
        places.some(
          (place) =>
            place.eventId === row.eventId && (place.userId === row.userId || place.rank === row.rank),
        ),
      );
    },
    ...failedStatements({ table: () => tables.failed, clock }),
    async recordConflicts(conflicts) {
      tables.conflicts.push(...conflicts);
    },
  };

  const database: ModelDatabase = {
    ...failedStore({
      ...{ clock, table: () => tables.failed },
      openedEpoch: (eventId) => tables.events.get(eventId)?.openedEpoch,
      transaction: (work) => database.transaction(work),
    }),
    down: false,
    refusedUsers: new Set(),
    takenCodes: new Set(),
    tables: () => tables,
    async transaction(work) {
      reachable();
      const before = structuredClone(tables);
      try {
        return await work(transaction);
      } catch (error) {
        tables = before;
        throw error;
      }
    },
    async currentEpoch() {
      reachable();
      return { ...tables.gate };
    },
    async raiseEpoch({ topic, partitions, after, above = 0 }) {
      reachable();
      if (tables.gate.epoch !== after) return null;
      const epoch = Math.max(tables.gate.epoch, above, ...tables.partitionEpochs.values()) + 1;
      tables.gate = { epoch, topic, partitions };
      return epoch;
    },
    async partitionEpochs(topic, partitions) {
      reachable();
      return Array.from(
        { length: partitions },
        (_, partition) => tables.partitionEpochs.get(key(topic, partition)) ?? 0,
      );
    },
    async logTopics() {
      const counts = new Map<string, number>();
      for (const entry of tables.partitionEpochs.keys()) {
        const [topic = "", partition] = entry.split("/");
        counts.set(topic, Math.max(counts.get(topic) ?? 0, Number(partition) + 1));
      }
      return [...counts].map(([topic, partitions]) => ({ topic, partitions }));
    },
    async setOpenedEpoch(eventId, epoch) {
      reachable();
      const event = tables.events.get(eventId);
      if (!event || event.openedEpoch !== null || tables.gate.epoch !== epoch) return false;
      event.openedEpoch = epoch;
      return true;
    },
    async withRebuildLock(work) {
      if (locked) return null;
      locked = true;
      try {
        return await work();
      } finally {
        locked = false;
      }
    },
    async failedRecords(page) {
      reachable();
      return failedPage(tables.failed, page);
    },
    async seatRows({ eventId, afterRank, limit }) {
      reachable();
      return tables.coupons
        .filter((row) => row.eventId === eventId && row.rank > afterRank)
        .sort((a, b) => a.rank - b.rank)
        .slice(0, limit);
    },
    async highestRanks(eventIds) {
      reachable();
      const highest = new Map<number, number>();
      for (const { eventId, rank } of tables.coupons)
        if (eventIds.includes(eventId)) highest.set(eventId, Math.max(rank, highest.get(eventId) ?? 0));
      return highest;
    },
    async liveEvents() {
      reachable();
      return [...tables.events.values()]
        .filter((event) => event.status !== "archived")
        .map((e) => ({ ...e }));
    },
    async findEvent(eventId) {
      reachable();
      const event = tables.events.get(eventId);
      return event ? { ...event } : null;
    },
    async findSeats(eventId, userIds) {
      reachable();
      return tables.coupons.filter((row) => row.eventId === eventId && userIds.includes(row.userId));
    },
  };
  return database;
}

/** The tables of the modelled database as they are committed. Unique keys hold whatever anybody does. */
import type { CouponEvent } from "../coupon-event.ts";
import type { CouponRow, FailedEvent, GateEpoch, IssueConflict, RecordOrigin } from "../ports.ts";

export type Tables = {
  events: Map<number, CouponEvent>;
  /** by event and rank, and by event and user */
  coupons: Coupons;
  failed: FailedEvent[];
  conflicts: IssueConflict[];
  /** key: topic/partition */
  partitionEpochs: Map<string, number>;
  gate: GateEpoch;
};

export type Coupons = {
  all(): readonly CouponRow[];
  byRank(eventId: number, rank: number): CouponRow | undefined;
  byUser(eventId: number, userId: string): CouponRow | undefined;
  /** Clashes are the caller's to find beforehand. */
  add(row: CouponRow): void;
  /** What nobody should ever do. */
  remove(row: CouponRow): void;
};

export function createTables(): Tables {
  return {
    events: new Map(),
    coupons: createCoupons(),
    failed: [],
    conflicts: [],
    partitionEpochs: new Map(),
    gate: { epoch: 0, topic: "", partitions: 0 },
  };
}

export function createCoupons(): Coupons {
  const rows: CouponRow[] = [];
  const ranks = new Map<string, CouponRow>();
  const users = new Map<string, CouponRow>();
  return {
    all: () => rows,
    byRank: (eventId, rank) => ranks.get(`${eventId}|${rank}`),
    byUser: (eventId, userId) => users.get(`${eventId}|${userId}`),
    add(row) {
      rows.push(row);
      ranks.set(`${row.eventId}|${row.rank}`, row);
      users.set(`${row.eventId}|${row.userId}`, row);
    },
    remove(row) {
      rows.splice(rows.indexOf(row), 1);
      ranks.delete(`${row.eventId}|${row.rank}`);
      users.delete(`${row.eventId}|${row.userId}`);
    },
  };
}

export function sourceKey({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}

export function isSameOrigin(a: RecordOrigin, b: RecordOrigin): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;
}

/** Ports of the stores: events, coupons, the issuing transaction, epochs, and what a rebuild reads. */
import type { Coupon, CouponState } from "./coupon.ts";
import type { CouponEvent, EventChange, NewCouponEvent } from "./coupon-event.ts";
import type { EpochSource, LogTopic } from "./epoch-ports.ts";
import type { Seat } from "./seat.ts";

export interface EventSource {
  /** Every event that is not archived, newest first. */
  liveEvents(): Promise<CouponEvent[]>;
  /** null: no such event. */
  findEvent(eventId: number): Promise<CouponEvent | null>;
}

export interface EventEditor {
  createEvent(event: NewCouponEvent): Promise<CouponEvent>;
  /**
   * Applies the change under the optimistic lock and adds one to the version.
   * @throws EventChangeError when the event is unknown, changed meanwhile, or the change breaks a rule
   */
  changeEvent(eventId: number, change: EventChange): Promise<CouponEvent>;
}

export class EventChangeError extends Error {
  override name = "EventChangeError";
}

export interface SeatRows {
  /** The rows of these users in one event: a row is a row, whatever the gate says. At most 256 users. */
  findSeats(eventId: number, userIds: readonly string[]): Promise<Seat[]>;
}

export interface CouponShelf {
  /**
   * The user's coupons, newest first, with ids below `beforeId`; those in one state only, if one is named.
   * `nowMs` is the database's UTC clock, by which that state was judged.
   */
  couponsOf(query: {
    userId: string;
    state: CouponState | null;
    beforeId: number | null;
    limit: number;
  }): Promise<{ coupons: Coupon[]; nowMs: number }>;
  /** How many coupons the user has in each state, by the database's clock. */
  countCoupons(userId: string): Promise<Record<CouponState, number>>;
  /** Which of these events have a row of the user. */
  eventsWithRow(userId: string, eventIds: readonly number[]): Promise<Set<number>>;
  /** One conditional update by the database's clock. @returns whether this call used the coupon. */
  markUsed(couponId: number, userId: string): Promise<boolean>;
  findCoupon(couponId: number, userId: string): Promise<{ coupon: Coupon; nowMs: number } | null>;
}

/** Where a record came from. `offset` as a decimal string: it is a 64-bit number. */
export type RecordOrigin = { topic: string; partition: number; offset: string };
export type LogRecord = { origin: RecordOrigin; key: string | null; value: string | null };

export type CouponRow = Seat & { eventId: number; expiresAtMs: number };
export type ConflictKind = "rank_taken" | "user_has_other_rank" | "over_limit" | "stale_epoch";
export type IssueConflict = {
  kind: ConflictKind;
  origin: RecordOrigin;
  /** the event that the record names; null when only its epoch could be read */
  eventId: number | null;
  /** the record as it was read */
  record: string;
  /** the row that stands where this one wanted to be, if one does */
  standing: (Seat & { eventId: number }) | null;
};
export type FailedRecord = LogRecord & {
  error: string;
  /** what the partition had reached where the record stands: a replay is judged by it (history 25) */
  partitionEpoch: number;
  /** the event that a claim record names, whether it exists or not; null for everything else */
  eventId: number | null;
};

/** A copy in the one order in which every worker inserts: rows that are locked in different orders deadlock. */
export function inInsertOrder(rows: readonly CouponRow[]): CouponRow[] {
  return [...rows].sort((a, b) => a.eventId - b.eventId || a.rank - b.rank);
}

/** The database refused a row for a reason of data (too long, check failed): it would refuse it again. */
export class RowRefusedError extends Error {
  override name = "RowRefusedError";
}

/** One transaction, READ COMMITTED, begun after the batch was fetched. Everything else it throws is infrastructure. */
export interface IssueTransaction {
  /** Locks the partition's row (creating it with epoch 0), so that two readers of a partition go one after the other. */
  lockPartition(source: {
    topic: string;
    partition: number;
  }): Promise<{ gateEpoch: number; partitionEpoch: number }>;
  /** Never lowers it. */
  raisePartitionEpoch(source: { topic: string; partition: number }, epoch: number): Promise<void>;
  /** Limits and expiry as they are now. Unknown events are missing from the map. */
  issueRules(eventIds: readonly number[]): Promise<Map<number, { issueLimit: number; expiresAtMs: number }>>;
  /**
   * Inserts what does not clash; at most 1,000 rows, given in any order and inserted in that of `inInsertOrder`. Each
   * row gets the code that the event's secret, the rank and the attempt make: the same one whenever the record comes
   * again.
   * @param codeAttempt 0 if absent; more for rows whose earlier codes other coupons have
   * @returns how many were inserted. @throws RowRefusedError with nothing of this call inserted
   */
  insertCoupons(rows: readonly CouponRow[], codeAttempt?: number): Promise<number>;
  /** Rows that hold the user's place or the rank of any of these. Sees other transactions' committed rows. */
  standingRows(
    rows: readonly { eventId: number; userId: string; rank: number }[],
  ): Promise<(Seat & { eventId: number })[]>;
  /** Whether an operator has set exactly this record aside, so that the reader may go on behind it. */
  isSetAside(origin: RecordOrigin): Promise<boolean>;
  /** Both are idempotent by origin. A record that was set aside by hand gets its bytes now. */
  park(records: readonly FailedRecord[]): Promise<void>;
  recordConflicts(conflicts: readonly IssueConflict[]): Promise<void>;
}

export interface IssueStore {
  transaction<T>(work: (transaction: IssueTransaction) => Promise<T>): Promise<T>;
}

/** A record whose seat a rebuild has to know: taken while it is parked, given back when it was discarded. */
export type FailedSeatRecord = { id: number; value: string | null; state: "parked" | "discarded" };

export interface EpochStore extends EpochSource {
  /**
   * Begins a new epoch, above the current one and every partition's, in one statement, committed when this resolves.
   * @param next.after the current epoch as the caller knows it; whoever knows an older one begins nothing
   * @param next.above an epoch that the claim log is known to hold, when the database may have forgotten it
   * @returns the new epoch; null when another one has begun since
   */
  raiseEpoch(next: LogTopic & { reason: string; after: number; above?: number }): Promise<number | null>;
  /** The epoch that each partition's reader has reached; 0 where it has read nothing. Index = partition. */
  partitionEpochs(topic: string, partitions: number): Promise<number[]>;
  /** Every topic whose partitions have a reader's epoch, with the number of those partitions. */
  logTopics(): Promise<LogTopic[]>;
  /** `opened_epoch: null -> epoch`, once, and only while `epoch` is still the current one. @returns whether this call set it. */
  setOpenedEpoch(eventId: number, epoch: number): Promise<boolean>;
  /** Runs the work while this process holds the named lock. @returns null when another one holds it. */
  withRebuildLock<T>(work: () => Promise<T>): Promise<T | null>;
}

/** Fresh reads after the drain, each outside any older transaction (history 26). */
export interface SeatLedger {
  /** Parked and discarded records, whatever they say; ordered by id, after `afterId`, at most `limit`. */
  failedRecords(page: { afterId: number; limit: number }): Promise<FailedSeatRecord[]>;
  /** Rows of an event in the order of their ranks, after `afterRank`, at most `limit`. */
  seatRows(page: { eventId: number; afterRank: number; limit: number }): Promise<Seat[]>;
  /** The highest rank that has a row, per event; events without rows are missing from the map. */
  highestRanks(eventIds: readonly number[]): Promise<Map<number, number>>;
}

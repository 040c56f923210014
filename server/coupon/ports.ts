/**
 * What the core needs of the world, in small pieces named for the need. Adapters implement them; the
 * simulation models them. No technology is mentioned in a signature.
 */
import type { ClaimRecord } from "./claim-record.ts";
import type { Coupon } from "./coupon.ts";
import type { CouponEvent, EventChange, GateSettings, NewCouponEvent } from "./coupon-event.ts";
import type { GateSeat, Seat } from "./seat.ts";

/** Time as an argument. `monotonicMs` never goes back; `wallMs` may be wrong, and jump. */
export interface Clock {
  monotonicMs(): number;
  wallMs(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The call certainly did not reach the other side: nothing was written there. Every other error means "unknown". */
export class NotSentError extends Error {
  override name = "NotSentError";
}

// ---------------------------------------------------------------------------------------- epoch

/** The generation of the gate, with the topic and the number of partitions that belong to it. 0: none yet. */
export type GateEpoch = { epoch: number; topic: string; partitions: number };

export interface EpochSource {
  /** The current epoch, from the primary, outside any transaction. Bounded in time; throws when it cannot be read. */
  currentEpoch(): Promise<GateEpoch>;
}

// ----------------------------------------------------------------------------------------- gate

/**
 * The answer of a fenced script. `fenced` means that nothing was read or written: "no_script" when the gate
 * does not know the epoch's script (it may have forgotten something), "fence" when the script ran and found
 * that its epoch, its state, its server or its seat count is not what it should be.
 */
export type Fenced<T> = { fenced: false; value: T } | { fenced: true; reason: "no_script" | "fence" };

/** What a script decided for one user. */
export type ClaimDecision =
  | (GateSeat & { decision: "seated"; isNew: boolean })
  | { decision: "sold_out" }
  | { decision: "not_open"; opensAtMs: number }
  | { decision: "closed" }
  | { decision: "paused" };

export const CLAIM_BATCH_MAX = 256;

/**
 * All methods: one atomic script. They throw `NotSentError` when the script certainly did not run, and any
 * other error when it may have run.
 */
export interface ClaimGate {
  /** @param call.userIds at most 256, each once. @returns one decision per user, in their order. */
  claim(call: {
    epoch: number;
    eventId: number;
    userIds: readonly string[];
  }): Promise<Fenced<{ nowMs: number; issueLimit: number; decisions: ClaimDecision[] }>>;
  /** Removes pending entries whose rank matches: their records are in the claim log. At most 256. */
  confirm(call: {
    epoch: number;
    eventId: number;
    seats: readonly Seat[];
  }): Promise<Fenced<{ removed: number }>>;
}

export type GateStatus = {
  /** the gate's clock */
  nowMs: number;
  settings: GateSettings;
  /** limit that claims obey now; smaller than settings.limit for 1.2 s after the operator raised it */
  claimLimit: number;
  /** ms until claims obey settings.limit; 0 when they do */
  limitEffectiveInMs: number;
  /** highest rank handed out */
  next: number;
  /** ranks at or below next that nobody holds */
  free: number;
  pending: number;
  /** settings.limit - holders: what "sold out" is judged by */
  remaining: number;
};

export interface GateReader {
  /** @param call.userIds at most 256; `seats` answers for each of them, null: holds none. */
  status(call: {
    epoch: number;
    eventId: number;
    userIds: readonly string[];
  }): Promise<Fenced<GateStatus & { seats: (GateSeat | null)[] }>>;
  /** Pending seats claimed at least `olderThanMs` ago by the gate's clock, at most `limit` of them, oldest first or any order. */
  pendingSeats(call: {
    epoch: number;
    eventId: number;
    olderThanMs: number;
    limit: number;
  }): Promise<Fenced<Seat[]>>;
}

/** A raised limit counts for claims only this much later, while status shows it at once (TRACES 23). */
export const LIMIT_RAISE_DELAY_MS = 1200;

export interface GateConfigurer {
  /** Applies the settings if their version is newer. @returns the version that the gate holds afterwards. */
  configure(call: {
    epoch: number;
    eventId: number;
    settings: GateSettings;
  }): Promise<Fenced<{ version: number; limitEffectiveInMs: number }>>;
}

/** What a rebuild finds of an event in the gate. Entries that do not parse are listed so that they can go. */
export type GateContent = {
  users: Seat[];
  pending: Seat[];
  malformedUsers: string[];
  malformedPending: string[];
};

/** A chunk of differences. Ranks in `freeRanks` are added to the free set. At most 1,000 entries in all. */
export type PutChunk = {
  seats: GateSeat[];
  removeUsers: string[];
  removePending: string[];
  freeRanks: number[];
  /** true on the first chunk: the free set starts empty */
  clearFree: boolean;
};

/** For the guardian only. Every method throws when its outcome is unknown; the answer to that is a new epoch. */
export interface GateBuilder {
  /** Whether every master knows all scripts of the epoch. Throws when a master cannot be asked. */
  scriptsLoaded(epoch: number): Promise<boolean>;
  /** Empties the script cache of every master that owns slots. Throws when one is unreachable. */
  flushScripts(): Promise<void>;
  /** Loads the epoch's scripts on every master. */
  loadScripts(epoch: number): Promise<void>;
  /**
   * Starts building the event: epoch, server identity, state "building". Refused when the gate holds the same or
   * a higher epoch; with `firstOpening` also when it holds anything at all.
   */
  begin(call: {
    epoch: number;
    eventId: number;
    firstOpening: boolean;
  }): Promise<Fenced<"begun" | "refused">>;
  /** Reads everything the gate holds of an event that is being built, in bounded pages. */
  content(call: { epoch: number; eventId: number }): Promise<Fenced<GateContent>>;
  put(call: { epoch: number; eventId: number; chunk: PutChunk }): Promise<Fenced<"put">>;
  /** Writes settings (if newer) and `next`, checks the seat count, and opens. */
  open(call: {
    epoch: number;
    eventId: number;
    settings: GateSettings;
    next: number;
  }): Promise<Fenced<"open" | "count_mismatch">>;
}

// ------------------------------------------------------------------------------------ claim log

export interface ClaimLog {
  /**
   * Appends the records, each on the partition of its user, of the epoch's topic. Bounded in time.
   * @returns per record: true only when its partition acknowledged; false means unknown. Never rejects.
   */
  append(gate: GateEpoch, records: readonly ClaimRecord[]): Promise<boolean[]>;
}

export type LogTopic = { topic: string; partitions: number };

export interface MarkerLog {
  /** Creates the topic if it is missing and checks its settings. Throws with a sentence for the operator. */
  ensureTopic(target: LogTopic): Promise<void>;
  /** Writes the epoch's marker on every partition of the topic. @returns true only when all acknowledged. */
  appendMarkers(target: LogTopic, epoch: number): Promise<boolean>;
  /** Offsets the worker group has committed, per partition; used to tell a slow reader from a stuck one. */
  committedOffsets(target: LogTopic): Promise<bigint[]>;
}

// --------------------------------------------------------------------------------------- stores

export interface EventSource {
  /** Every event that is not archived, newest first, at most 1,000. */
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
  /** The user's coupons, newest first, with ids below `beforeId`. `nowMs` is the database's UTC clock. */
  couponsOf(query: {
    userId: string;
    beforeId: number | null;
    limit: number;
  }): Promise<{ coupons: Coupon[]; nowMs: number }>;
  /** Which of these events have a row of the user. */
  eventsWithRow(userId: string, eventIds: readonly number[]): Promise<Set<number>>;
  /** One conditional update by the database's clock. @returns whether this call used the coupon. */
  markUsed(couponId: number, userId: string): Promise<boolean>;
  findCoupon(couponId: number, userId: string): Promise<{ coupon: Coupon; nowMs: number } | null>;
}

// ---------------------------------------------------------------------------------------- issue

/** Where a record came from. `offset` as a decimal string: it is a 64-bit number. */
export type RecordOrigin = { topic: string; partition: number; offset: string };
export type LogRecord = { origin: RecordOrigin; key: string | null; value: string | null };

export type CouponRow = Seat & { eventId: number; expiresAtMs: number };
export type ConflictKind = "rank_taken" | "user_has_other_rank" | "over_limit" | "stale_epoch";
export type IssueConflict = {
  kind: ConflictKind;
  origin: RecordOrigin;
  /** the record as it was read */
  record: string;
  /** the row that stands where this one wanted to be, if one does */
  standing: (Seat & { eventId: number }) | null;
};
export type FailedRecord = LogRecord & { error: string; partitionEpoch: number };

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
   * Inserts what does not clash; at most 1,000 rows, sorted by (event, rank) against deadlocks.
   * @returns how many were inserted. @throws RowRefusedError with nothing of this call inserted
   */
  insertCoupons(rows: readonly CouponRow[]): Promise<number>;
  /** Rows that hold the user's place or the rank of any of these. Sees other transactions' committed rows. */
  standingRows(
    rows: readonly { eventId: number; userId: string; rank: number }[],
  ): Promise<(Seat & { eventId: number })[]>;
  /** Both are idempotent by origin. */
  park(records: readonly FailedRecord[]): Promise<void>;
  recordConflicts(conflicts: readonly IssueConflict[]): Promise<void>;
}

export interface IssueStore {
  transaction<T>(work: (transaction: IssueTransaction) => Promise<T>): Promise<T>;
}

// ------------------------------------------------------------------------------------- guardian

export type ParkedRecord = { id: number; value: string | null; partitionEpoch: number };

export interface EpochStore extends EpochSource {
  /**
   * Begins a new epoch, above the current one and every partition's, in one statement, committed when this resolves.
   * @returns the new epoch
   */
  raiseEpoch(next: { reason: string; topic: string; partitions: number }): Promise<number>;
  /** The epoch that each partition's reader has reached; 0 where it has read nothing. Index = partition. */
  partitionEpochs(topic: string, partitions: number): Promise<number[]>;
  /** Every topic whose partitions have a reader's epoch, with the number of those partitions. */
  logTopics(): Promise<LogTopic[]>;
  /** `opened_epoch: null -> epoch`, once, and only while `epoch` is still the current one. @returns whether this call set it. */
  setOpenedEpoch(eventId: number, epoch: number): Promise<boolean>;
  /** Runs the work while this process holds the named lock. @returns null when another one holds it. */
  withRebuildLock<T>(work: () => Promise<T>): Promise<T | null>;
}

/** Fresh reads after the drain, each outside any older transaction (TRACES 26). */
export interface SeatLedger {
  /** Parked records, whatever they say; ordered by id, after `afterId`, at most `limit`. */
  parkedRecords(page: { afterId: number; limit: number }): Promise<ParkedRecord[]>;
  /** Rows of an event in the order of their ranks, after `afterRank`, at most `limit`. */
  seatRows(page: { eventId: number; afterRank: number; limit: number }): Promise<Seat[]>;
  /** The highest rank that has a row, per event; events without rows are missing from the map. */
  highestRanks(eventIds: readonly number[]): Promise<Map<number, number>>;
}

/** Where use cases report what an operator should see. Names are stable: metrics and log lines are made of them. */
export interface Reporter {
  count(name: CounterName, amount?: number): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  /** Someone has to look: a promise may be in danger. */
  alarm(message: string, fields?: Record<string, unknown>): void;
}

export const counterNames = [
  "claim_won",
  "claim_repeat",
  "claim_pending",
  "claim_sold_out",
  "claim_not_open",
  "claim_closed",
  "claim_paused",
  "claim_unavailable",
  "gate_fenced",
  "gate_unknown",
  "log_unacknowledged",
  "seats_confirmed",
  "seats_swept",
  "coupons_issued",
  "records_redelivered",
  "records_parked",
  "records_conflicting",
  "rebuilds",
] as const;
export type CounterName = (typeof counterNames)[number];

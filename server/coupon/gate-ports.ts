/** Ports of the gate: atomic scripts that seat, confirm, read, configure and build, each behind its epoch's fence. */
import type { GateSettings } from "./coupon-event.ts";
import type { GateSeat, Seat } from "./seat.ts";

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

/** A raised limit counts for claims only this much later, while status shows it at once (history 23). */
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

/** What one modelled gate server holds, and the rules that its scripts keep. */
import type { GateSettings } from "../coupon-event.ts";
import type { GateSeat, Seat } from "../seat.ts";

export type Entry = { rank: number; claimedAtMs: number };

/** The keys of one event, as `server/redis/keys.ts` describes them. */
export type EventKeys = {
  /** false after `meta` alone was deleted */
  hasMeta: boolean;
  epoch: number;
  state: "building" | "open";
  replid: number;
  settings: GateSettings | null;
  claimLimit: number;
  newLimitAtMs: number;
  next: number;
  /** how many entries `pending` should have */
  outbox: number;
  users: Map<string, Entry>;
  pending: Map<string, Entry>;
  free: Set<number>;
};

/** Each rule closes a history; the simulation takes single ones away to see that it would notice. */
export type GateRules = {
  /** claim, confirm, configure, status and list look at epoch, state, server identity and seat count first */
  epochCheck: boolean;
  replidCheck: boolean;
  countCheck: boolean;
  /** the outbox is counted as well: one that was deleted would turn reservations into winners */
  outboxCheck: boolean;
  /** a pending seat from the future was claimed before the clock was set back, and is swept */
  futureIsOld: boolean;
  /** `open` compares the seats with the highest rank */
  openCountCheck: boolean;
  /** `begin` refuses the same or a higher epoch */
  beginRefusesOlder: boolean;
  /** `put` and `open` only in an event that this epoch is building */
  buildEpochCheck: boolean;
  /** configure only changes an open gate */
  configureNeedsOpen: boolean;
  /** a first opening refuses to lie over anything */
  firstOpeningRefusesKeys: boolean;
  /** configure only changes an event that is there */
  configureNeedsMeta: boolean;
  /** settings only if newer */
  newerSettingsOnly: boolean;
  /** the limit only grows */
  limitOnlyGrows: boolean;
  /** a raised limit counts for claims only after a delay */
  raiseDelay: boolean;
  /** a script of an unknown SHA is refused, not loaded */
  noscriptRefuses: boolean;
};

export const allGateRules: GateRules = {
  epochCheck: true,
  replidCheck: true,
  countCheck: true,
  outboxCheck: true,
  futureIsOld: true,
  openCountCheck: true,
  beginRefusesOlder: true,
  buildEpochCheck: true,
  configureNeedsOpen: true,
  firstOpeningRefusesKeys: true,
  configureNeedsMeta: true,
  newerSettingsOnly: true,
  limitOnlyGrows: true,
  raiseDelay: true,
  noscriptRefuses: true,
};

export type GateServer = {
  events: Map<number, EventKeys>;
  /** epochs whose scripts are loaded */
  scripts: Set<number>;
  /** names one history of the data; null on a replica */
  replid: number | null;
  rules: GateRules;
  nowMs(): number;
  /** writes that still succeed in this script before the server is out of memory; null: all of them */
  writesLeft: number | null;
};

export function emptyEvent(): EventKeys {
  return {
    hasMeta: true,
    epoch: 0,
    state: "building",
    replid: 0,
    settings: null,
    claimLimit: 0,
    newLimitAtMs: 0,
    next: 0,
    outbox: 0,
    users: new Map(),
    pending: new Map(),
    free: new Set(),
  };
}

/** A copy of the data as a replica or a file would hold it. */
export function copyEvents(events: ReadonlyMap<number, EventKeys>): Map<number, EventKeys> {
  const copied = new Map<number, EventKeys>();
  for (const [eventId, keys] of events)
    copied.set(eventId, {
      ...keys,
      users: new Map(keys.users),
      pending: new Map(keys.pending),
      free: new Set(keys.free),
    });
  return copied;
}

export function seatsOf(entries: ReadonlyMap<string, Entry>): Seat[] {
  return [...entries].map(([userId, entry]) => ({ userId, ...entry }));
}

export function seatOf(event: EventKeys, userId: string): GateSeat | null {
  const entry = event.users.get(userId);
  return entry ? { userId, ...entry, pending: event.pending.has(userId) } : null;
}

/** What claims obey at this time: a raise waits (history 23). */
export function claimLimit(event: EventKeys, nowMs: number): number {
  return nowMs >= event.newLimitAtMs ? (event.settings?.limit ?? 0) : event.claimLimit;
}

/** Out of memory half-way through a script: what was written before stays. */
export class OutOfMemoryError extends Error {
  override name = "OutOfMemoryError";
}

export function write(server: GateServer, change: () => void): void {
  if (server.writesLeft !== null) {
    if (server.writesLeft === 0) {
      server.writesLeft = null;
      throw new OutOfMemoryError("OOM in the middle of a script");
    }
    server.writesLeft -= 1;
  }
  change();
}

/**
 * "Sold out" from memory: most of a crowd comes too late, and the gate need not say so to each of them. A process says
 * it by itself for a second after the gate has said it, under the lease, and never to somebody who may hold a seat
 * (histories 15, 16 and 23).
 */
import { isYoungerThan, type Moment, momentOf } from "./age.ts";
import { eventState } from "./coupon-event.ts";
import type { Lease } from "./lease.ts";
import {
  HOLDERS_KEPT_MAX,
  HOLDERS_OF_EVENT_MAX,
  HOLDERS_RETRY_MS,
  SOLD_OUT_MEMORY_MS,
  SOLD_OUT_REFRESH_MS,
} from "./limits.ts";
import type { Clock, GateReader, GateStatus, Reporter, SeatLister } from "./ports.ts";

export interface SoldOutMemory {
  /** Whether "sold out" may be said to this user now without asking the gate. */
  covers(eventId: number, userId: string): boolean;
  /** The gate has said "sold out" of this event: from now on it is worth remembering. */
  noticed(eventId: number): void;
}

/** What the gate said of an event, and when it was asked. */
type Saying = { epoch: number; version: number; holders: number; untilMs: number; askedAt: Moment };
type Entry = { saying: Saying; holders: ReadonlySet<string>; underWay: boolean };

export type SoldOutParts = {
  gate: GateReader & SeatLister;
  lease: Lease;
  clock: Clock;
  reporter: Reporter;
  /** how long a saying counts, from before the gate was asked */
  forMs?: number;
};

export function createSoldOutMemory(parts: SoldOutParts): SoldOutMemory {
  const { gate, lease, clock, reporter, forMs = SOLD_OUT_MEMORY_MS } = parts;
  const entries = new Map<number, Entry>();
  /** Events whose holders are being read, or were read in vain, and since when. */
  const attempts = new Map<number, Moment>();

  /** @returns null unless the event is sold out, by a script of the epoch that we speak for */
  async function ask(eventId: number): Promise<Saying | null> {
    const askedAt = momentOf(clock);
    const epoch = lease.current()?.epoch;
    if (epoch === undefined) return null;
    const reply = await gate.status({ epoch, eventId, userIds: [] });
    if (reply.fenced || !isSoldOut(reply.value)) return null;
    const { settings, remaining, nowMs } = reply.value;
    // The end of the claims may come before the end of the memory, and then it is the answer.
    const untilMs = askedAt.monotonicMs + Math.max(0, (settings.closesAtMs ?? Infinity) - nowMs);
    return { epoch, version: settings.version, holders: settings.limit - remaining, untilMs, askedAt };
  }

  /** Everybody who holds a seat. What the gate says before and after has to be the same: then the list is complete. */
  async function learn(eventId: number): Promise<Entry | null> {
    const before = await ask(eventId);
    if (before === null || before.holders > HOLDERS_OF_EVENT_MAX) return null;
    const listed = await gate.allSeats({ epoch: before.epoch, eventId });
    if (listed.fenced || listed.value.malformed.length > 0) return null;
    const holders = new Set(listed.value.seats.map(({ userId }) => userId));
    const after = await ask(eventId);
    if (after === null || !isTheSame(before, after) || holders.size !== after.holders) return null;
    return { saying: after, holders, underWay: false };
  }

  function keep(eventId: number, entry: Entry): void {
    entries.set(eventId, entry);
    let kept = 0;
    for (const { holders } of entries.values()) kept += holders.size;
    for (const [oldest, { holders }] of entries) {
      if (kept <= HOLDERS_KEPT_MAX) break;
      entries.delete(oldest);
      kept -= holders.size;
    }
  }

  async function refresh(eventId: number, entry: Entry): Promise<void> {
    entry.underWay = true;
    const saying = await ask(eventId).catch(() => null);
    entry.underWay = false;
    if (saying && isTheSame(saying, entry.saying)) entry.saying = saying;
    else if (entries.get(eventId) === entry) entries.delete(eventId);
  }

  return {
    covers(eventId, userId) {
      const entry = entries.get(eventId);
      if (entry === undefined) return false;
      const { saying, holders, underWay } = entry;
      if (!underWay && !isYoungerThan(SOLD_OUT_REFRESH_MS, saying.askedAt, clock))
        void refresh(eventId, entry);
      return (
        isYoungerThan(forMs, saying.askedAt, clock) &&
        clock.monotonicMs() < saying.untilMs &&
        lease.holds(saying.epoch) &&
        !holders.has(userId)
      );
    },
    noticed(eventId) {
      const last = attempts.get(eventId);
      if (entries.has(eventId) || (last && isYoungerThan(HOLDERS_RETRY_MS, last, clock))) return;
      attempts.set(eventId, momentOf(clock));
      learn(eventId).then(
        (entry) => entry && keep(eventId, entry),
        (error: unknown) => reporter.warn("learning who holds the seats failed", { eventId, error }),
      );
    },
  };
}

/** Settings that the operator has raised already count, though claims obey them only a little later. */
function isSoldOut({ settings, nowMs, remaining }: GateStatus): boolean {
  return eventState(settings, nowMs, remaining) === "sold_out";
}

/** Seats of an epoch only become more, so as many holders are the same holders. */
function isTheSame(one: Saying, other: Saying): boolean {
  return one.epoch === other.epoch && one.version === other.version && one.holders === other.holders;
}

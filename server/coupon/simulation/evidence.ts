/** What really is the case, for the judge: rows, records, seats and scripts, seen from outside of every process. */
import type { ClaimRecord } from "../claim-record.ts";
import { claimLimit } from "../model/gate-server.ts";
import type { ClaimDecision } from "../ports.ts";
import type { Database } from "./database.ts";
import type { Log } from "./log.ts";
import type { Redis, RedisNode } from "./redis.ts";
import type { ScriptObserver } from "./redis-ports.ts";

export type Seat = { eventId: number; userId: string; rank: number };

export type Evidence = {
  issueLimit(eventId: number): number;
  rowsOf(eventId: number): number;
  hasRow(seat: Seat): boolean;
  isArchived(eventId: number): boolean;
  /** A record of this seat has been discarded just now. */
  discarded(seat: Seat): void;
  /** Whether it was discarded in an epoch that may still be spoken for. */
  isGivenUp(seat: Seat): boolean;
  /** @returns why this seat can never become a row, or null */
  whyLost(seat: Seat): string | null;
  /** @returns why this seat should not have been handed out at its time, or null */
  untimely(seat: Seat): string | null;
  /** Whether a claim of this web process, sent since then, gave the user a new seat. */
  seatedBy(call: { eventId: number; userId: string; web: string; sinceMs: number }): boolean;
  /** Whether at some moment since then every seat was taken or reserved. */
  wasFull(eventId: number, sinceMs: number): boolean;
  seatOfRecord(value: string | null): (Seat & { epoch: number }) | null;
  markerEpoch(value: string | null): number | null;
  observe: ScriptObserver;
  /** The gate has confirmed this version, a stop: from now on nobody is seated, until the status is changed again. */
  stopped(eventId: number, version: number): void;
};

type NewSeat = Seat & { process: string; sentMs: number; untimely: string | null };

export function createEvidence(parts: {
  database: Database;
  log: Log;
  redis: Redis;
  nowMs: () => number;
  leaseMs: number;
}): Evidence {
  const { database, log, redis, nowMs, leaseMs } = parts;
  const { tables } = database;
  const newSeats: NewSeat[] = [];
  const fullAtMs = new Map<number, number>();
  /** seats that were discarded, with the epoch of that moment */
  const givenUp = new Map<string, number>();
  const stops = new Map<number, { version: number; sinceMs: number }>();

  function parkedSeats(): Seat[] {
    return tables.failed.flatMap(({ state, value }) =>
      state === "parked" ? (evidence.seatOfRecord(value) ?? []) : [],
    );
  }

  /** Nobody may speak for an epoch a lease after it ended. */
  function mayBeSpokenFor(epoch: number): boolean {
    const next = database.epochs.find((begun) => begun.epoch > epoch);
    return !next || nowMs() <= next.atMs + leaseMs;
  }

  function isFull(node: RedisNode, eventId: number): boolean {
    const keys = node.events.get(eventId);
    if (!keys || !mayBeSpokenFor(keys.epoch)) return false;
    const held = new Set<number>();
    for (const { rank } of [...keys.users.values(), ...keys.pending.values()]) held.add(rank);
    for (const seat of parkedSeats()) if (seat.eventId === eventId) held.add(seat.rank);
    const limit = claimLimit(keys, node.nowMs());
    for (let rank = 1; rank <= limit; rank += 1)
      if (!held.has(rank) && !tables.coupons.byRank(eventId, rank)) return false;
    return true;
  }

  function whyUntimely(node: RedisNode, eventId: number, sentMs: number): string | null {
    const stop = stops.get(eventId);
    const isStopped = stop !== undefined && stop.version === database.statusVersions.get(eventId);
    if (isStopped && sentMs > stop.sinceMs) return "seated after a stop that the gate had confirmed";
    const { opensAtMs = 0 } = tables.events.get(eventId) ?? {};
    const closesAtMs = node.events.get(eventId)?.settings?.closesAtMs ?? Number.POSITIVE_INFINITY;
    const gateMs = node.nowMs();
    return gateMs < opensAtMs || gateMs >= closesAtMs ? "seated outside of the window" : null;
  }

  /** A record whose epoch is the one that its partition has reached there: the worker will not refuse it as stale. */
  function hasFreshRecord(seat: Seat): boolean {
    return log.partitions().some(({ records }) => {
      let reached = 0;
      return records.some(({ value }) => {
        const marker = markerEpoch(value);
        if (marker !== null && marker <= tables.gate.epoch) reached = Math.max(reached, marker);
        const record = evidence.seatOfRecord(value);
        return record !== null && record.epoch === reached && isSame(record, seat);
      });
    });
  }

  const evidence: Evidence = {
    issueLimit: (eventId) => tables.events.get(eventId)?.issueLimit ?? 0,
    rowsOf: (eventId) => tables.coupons.all().filter((row) => row.eventId === eventId).length,
    hasRow: ({ eventId, userId, rank }) => tables.coupons.byUser(eventId, userId)?.rank === rank,
    isArchived: (eventId) => tables.events.get(eventId)?.status === "archived",
    discarded: (seat) => givenUp.set(nameOf(seat), tables.gate.epoch),
    isGivenUp(seat) {
      const epoch = givenUp.get(nameOf(seat));
      return epoch !== undefined && mayBeSpokenFor(epoch);
    },
    whyLost(seat) {
      const byUser = tables.coupons.byUser(seat.eventId, seat.userId);
      if (byUser) return byUser.rank === seat.rank ? null : `has the row of rank ${byUser.rank}`;
      const byRank = tables.coupons.byRank(seat.eventId, seat.rank);
      if (byRank) return `that rank's row is ${byRank.userId}'s`;
      if (hasFreshRecord(seat) || parkedSeats().some((parked) => isSame(parked, seat))) return null;
      return "no record in the log can become the row";
    },
    untimely(seat) {
      // A seat that was lost may have been given again, at a better time.
      const made = newSeats.filter((other) => isSame(other, seat));
      return made.every(({ untimely }) => untimely !== null) ? (made[0]?.untimely ?? null) : null;
    },
    seatedBy: ({ eventId, userId, web, sinceMs }) =>
      newSeats.some(
        (made) =>
          made.eventId === eventId &&
          made.userId === userId &&
          made.process === web &&
          made.sentMs >= sinceMs,
      ),
    wasFull: (eventId, sinceMs) =>
      (fullAtMs.get(eventId) ?? -1) >= sinceMs || isFull(redis.master(), eventId),
    seatOfRecord(value) {
      const record = parsed(value);
      if (typeof record?.rank !== "number") return null;
      const { couponEventId, userId, rank, epoch } = record as ClaimRecord;
      return { eventId: couponEventId, userId, rank, epoch };
    },
    markerEpoch,
    observe({ what, node, process, call, sentMs, reply }) {
      if (reply.fenced) return;
      if (what === "status" && isFull(node, call.eventId)) fullAtMs.set(call.eventId, nowMs());
      if (what !== "claim") return;
      const { decisions } = reply.value as { decisions: ClaimDecision[] };
      for (const decision of decisions) {
        if (decision.decision === "sold_out" && isFull(node, call.eventId))
          fullAtMs.set(call.eventId, nowMs());
        if (decision.decision !== "seated" || !decision.isNew) continue;
        const { userId, rank } = decision;
        const untimely = whyUntimely(node, call.eventId, sentMs);
        newSeats.push({ eventId: call.eventId, userId, rank, process, sentMs, untimely });
      }
    },
    stopped: (eventId, version) => stops.set(eventId, { version, sinceMs: nowMs() }),
  };
  return evidence;
}

function nameOf({ eventId, userId, rank }: Seat): string {
  return `${eventId}|${userId}|${rank}`;
}

function isSame(a: Seat, b: Seat): boolean {
  return a.eventId === b.eventId && a.userId === b.userId && a.rank === b.rank;
}

function parsed(value: string | null): Record<string, unknown> | null {
  try {
    return value === null ? null : JSON.parse(value);
  } catch {
    return null;
  }
}

function markerEpoch(value: string | null): number | null {
  const epoch = value?.includes('"marker"') ? parsed(value)?.epoch : null;
  return typeof epoch === "number" ? epoch : null;
}

/**
 * The Redis data model of one coupon event. The hash tag `{event:42}` keeps its four keys on one master, so that
 * one script can see them all. No key expires while the event is not archived.
 *
 *   {event:42}:meta     hash        epoch, state ("building" | "open"), replid, version, limit, newLimit and
 *                                   newLimitAtMs (a raise that waits; "" when none), opensAtMs, closesAtMs ("" when
 *                                   none), status, next (highest rank handed out), outbox (entries that
 *                                   pending should have)
 *   {event:42}:users    hash        user id -> `rank|claimedAtMs`; winners only, never more than the limit
 *   {event:42}:pending  hash        user id -> `rank|claimedAtMs`; the outbox: seats whose record is not yet known
 *                                   to be in the claim log
 *   {event:42}:free     sorted set  ranks at or below next that nobody holds, handed out first
 */
import { USER_ID } from "#server/coupon/claim-record";
import { ISSUE_LIMIT_MAX } from "#server/coupon/coupon-event";
import type { Seat } from "#server/coupon/seat";

/** The keys of an event in the order in which every script takes them: meta, users, pending, free. */
export function eventKeys(eventId: number): [meta: string, users: string, pending: string, free: string] {
  const tag = `{event:${eventId}}`;
  return [`${tag}:meta`, `${tag}:users`, `${tag}:pending`, `${tag}:free`];
}

/** `rank|claimedAtMs`, as seat.lua writes it. */
export function encodeSeat(seat: Seat): string {
  return `${seat.rank}|${seat.claimedAtMs}`;
}

/** @returns null when the entry cannot be a seat: a strange user id, not two numbers, or a rank no event can have. */
export function parseSeat(userId: string, entry: string): Seat | null {
  const match = /^([1-9]\d{0,7})\|(\d{1,15})$/.exec(entry);
  if (!match || !USER_ID.test(userId)) return null;
  const rank = Number(match[1]);
  return rank <= ISSUE_LIMIT_MAX ? { userId, rank, claimedAtMs: Number(match[2]) } : null;
}

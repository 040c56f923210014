/** What each of the other ways is made of, and what all of them get. */
import type { Redis } from "ioredis";
import type { Kafka } from "kafkajs";
import type { Pool, ResultSetHeader, RowDataPacket } from "mysql2/promise";

/** Like the product's own answers, so that all send about the same bytes. */
export type WayAnswer =
  | { status: "won"; rank: number; issueLimit: number; claimedAt: string; repeat: boolean }
  /** has claimed before; for ways that do not remember with which rank */
  | { status: "already" }
  | { status: "pending"; since: string }
  | { status: "sold_out" }
  | { status: "unavailable"; retryAfterMs: number };

export type WayEvent = { id: number; issueLimit: number };

export type WayDeps = {
  db: Pool;
  redis: Redis;
  kafka: Kafka;
  /** Tables of this way alone: events with what remains of them, and coupons with UNIQUE(event_id, user_id). */
  tables: { event: string; coupon: string };
  /** `way7:42:count`; every way has keys of its own */
  key(eventId: number | "all", name: string): string;
  topic: string;
  /** The event from a cache in the process, a second old at most: every way whose idea allows it gets that. */
  cachedEvent(eventId: number): Promise<WayEvent>;
};

export type Claim = (eventId: number, userId: string) => Promise<WayAnswer>;

export type Way = {
  number: number;
  /** for tables and charts */
  title: string;
  /** Connects what it needs. */
  prepare(deps: WayDeps): Promise<Claim>;
  /** Runs in a process of its own until the signal: the scheduler or the consumer, where the way has one. */
  background?(deps: WayDeps, signal: AbortSignal): Promise<void>;
  /** When a new event was written. */
  open?(deps: WayDeps, event: WayEvent): Promise<void>;
  /** How many coupons this way has given or owes; for ways that write rows later than they answer. */
  seats?(deps: WayDeps, event: WayEvent): Promise<number>;
  /** false: nobody is told "won" by the claim itself */
  tells?: false;
  /** true: winners go through its topic */
  logs?: true;
};

export function won(event: WayEvent, rank: number, repeat = false): WayAnswer {
  return {
    status: "won",
    rank,
    issueLimit: event.issueLimit,
    claimedAt: new Date().toISOString(),
    repeat,
  };
}

export const soldOut: WayAnswer = { status: "sold_out" };
export const already: WayAnswer = { status: "already" };

/** The rank of the coupon that the user has; null without one. */
export async function findRank(
  { db, tables }: WayDeps,
  eventId: number,
  userId: string,
): Promise<number | null> {
  const [rows] = await db.execute<RowDataPacket[]>(
    `select coupon_rank from ${tables.coupon} where event_id = ? and user_id = ?`,
    [eventId, userId],
  );
  return rows[0]?.coupon_rank ?? null;
}

/** @returns false when the user has one already */
export async function insertCoupon(
  { db, tables }: WayDeps,
  coupon: { eventId: number; userId: string; rank: number },
): Promise<boolean> {
  const [{ affectedRows }] = await db.execute<ResultSetHeader>(
    `insert ignore into ${tables.coupon} (event_id, user_id, coupon_rank) values (?, ?, ?)`,
    [coupon.eventId, coupon.userId, coupon.rank],
  );
  return affectedRows === 1;
}

/** One statement for many coupons; those of users who have one already are left out. */
export async function insertCoupons(
  { db, tables }: WayDeps,
  coupons: readonly { eventId: number; userId: string; rank: number }[],
): Promise<void> {
  if (coupons.length === 0) return;
  await db.query(`insert ignore into ${tables.coupon} (event_id, user_id, coupon_rank) values ?`, [
    coupons.map(({ eventId, userId, rank }) => [eventId, userId, rank]),
  ]);
}

/** Shared by the ways that count with INCR: beyond the limit nobody gets anything. */
export async function seatsByCounter({ redis, key }: WayDeps, event: WayEvent): Promise<number> {
  return Math.min(event.issueLimit, Number((await redis.get(key(event.id, "count"))) ?? 0));
}

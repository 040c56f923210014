/**
 * Codes of coupons. A code is derived, not drawn: the same seat gets the same code by a redelivery, a replay, or the
 * log that is read again after a restore. Whoever does not know the event's key can neither compute nor guess one.
 */
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { inArray } from "drizzle-orm";
import { codeOfDigest } from "#server/coupon/coupon-code";
import type { Database } from "./connect.ts";
import { couponEvent } from "./schema.ts";

type CodeOf = (eventId: number, rank: number) => string | null;

/**
 * Reads the keys afresh, in the caller's transaction if there is one: a key is kept in no memory and no cache.
 * @param attempt which of a seat's codes: 0, or more where another coupon has the earlier ones
 * @returns the code of a seat of one of these events; null for an event that has no key, or does not exist
 */
export async function readCodes(
  db: Pick<Database, "select">,
  eventIds: readonly number[],
  attempt: number,
): Promise<CodeOf> {
  const rows = await db
    .select({ id: couponEvent.id, codeKey: couponEvent.codeKey })
    .from(couponEvent)
    .where(inArray(couponEvent.id, [...new Set(eventIds)]));
  // Made once for a batch: with the bytes themselves each code would cost five times as much.
  const keys = new Map(rows.map(({ id, codeKey }) => [id, codeKey && createSecretKey(codeKey)]));
  return (eventId, rank) => {
    const key = keys.get(eventId);
    return key ? couponCode(key, rank, attempt) : null;
  };
}

function couponCode(key: KeyObject, rank: number, attempt: number): string {
  return codeOfDigest(createHmac("sha256", key).update(`${rank}/${attempt}`).digest());
}

/** Gives keys to the events and codes to the coupons of a release that had none. Part of `npm run migrate`. */
import { and, asc, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { CODE_ATTEMPTS_MAX } from "#server/coupon/limits";
import type { Database } from "./connect.ts";
import { readCodes } from "./coupon-codes.ts";
import { mysqlErrorCode } from "./errors.ts";
import { coupon, couponEvent } from "./schema.ts";

/** Small enough that nobody who uses one of these coupons waits long for the statement. */
const PAGE_MAX = 500;

type Uncoded = { id: number; eventId: number; rank: number };

/**
 * Page by page, each committed by itself: what is done stays done, and whoever calls it again goes on there.
 * Workers of the older release may still issue coupons meanwhile; what they issue later is left to the next call.
 * @returns how many coupons it found without a code
 */
export async function fillCodes(db: Database): Promise<number> {
  // A value for each row of its own. An event that has a key keeps it: its codes are made of it.
  await db.update(couponEvent).set({ codeKey: sql`random_bytes(16)` }).where(isNull(couponEvent.codeKey));
  for (let filled = 0; ; ) {
    const page = await db
      .select({ id: coupon.id, eventId: coupon.couponEventId, rank: coupon.rank })
      .from(coupon)
      // The unique key on the code leads to the rows without one, in the order of their ids.
      .where(isNull(coupon.code))
      .orderBy(asc(coupon.id))
      .limit(PAGE_MAX);
    if (page.length === 0) return filled;
    if (!(await unlessTaken(fillPage(db, page)))) for (const row of page) await fillOne(db, row);
    filled += page.length;
  }
}

async function fillPage(db: Database, page: readonly Uncoded[]): Promise<void> {
  const codeOf = await readCodes(
    db,
    page.map(({ eventId }) => eventId),
    0,
  );
  const codes = page.map(({ id, eventId, rank }) => sql`when ${id} then ${codeOf(eventId, rank)}`);
  await setCode(
    db,
    page.map(({ id }) => id),
    sql`case ${coupon.id} ${sql.join(codes, sql` `)} end`,
  );
}

async function fillOne(db: Database, { id, eventId, rank }: Uncoded): Promise<void> {
  for (let attempt = 0; attempt < CODE_ATTEMPTS_MAX; attempt += 1) {
    const codeOf = await readCodes(db, [eventId], attempt);
    if (await unlessTaken(setCode(db, [id], sql`${codeOf(eventId, rank)}`))) return;
  }
  throw new Error(`coupon ${id}: other coupons have each of its ${CODE_ATTEMPTS_MAX} codes`);
}

async function setCode(db: Database, ids: number[], code: SQL): Promise<void> {
  await db
    .update(coupon)
    .set({ code })
    .where(and(inArray(coupon.id, ids), isNull(coupon.code)));
}

/** @returns false when another coupon has a code that was to be set; then nothing was */
async function unlessTaken(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (mysqlErrorCode(error) === "ER_DUP_ENTRY") return false;
    throw error;
  }
}

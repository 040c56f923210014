/** Coupons as their owners meet them: listed, found, used. */
import { and, desc, eq, gt, inArray, isNull, lt, sql } from "drizzle-orm";
import type { CouponShelf, SeatRows } from "#server/coupon/ports";
import type { Database } from "./connect.ts";
import { seatColumns, toCoupon, toSeat } from "./rows.ts";
import { coupon, couponEvent, utcNow } from "./schema.ts";

export function mysqlSeatRows({ db }: { db: Database }): SeatRows {
  return {
    async findSeats(eventId, userIds) {
      if (userIds.length === 0) return [];
      const rows = await db
        .select(seatColumns)
        .from(coupon)
        .where(and(eq(coupon.couponEventId, eventId), inArray(coupon.userId, [...userIds])));
      return rows.map(toSeat);
    },
  };
}

export function mysqlCouponShelf({ db }: { db: Database }): CouponShelf {
  const couponsWithEvent = () =>
    db
      .select({
        coupon,
        event: {
          displayName: couponEvent.displayName,
          discountType: couponEvent.discountType,
          discountAmount: couponEvent.discountAmount,
        },
      })
      .from(coupon)
      .innerJoin(couponEvent, eq(couponEvent.id, coupon.couponEventId));

  return {
    async couponsOf({ userId, beforeId, limit }) {
      const rows = await couponsWithEvent()
        .where(and(eq(coupon.userId, userId), beforeId === null ? undefined : lt(coupon.id, beforeId)))
        .orderBy(desc(coupon.id))
        .limit(limit);
      return { coupons: rows.map(toCoupon), nowMs: await databaseNowMs(db) };
    },

    async eventsWithRow(userId, eventIds) {
      if (eventIds.length === 0) return new Set();
      const rows = await db
        .select({ eventId: coupon.couponEventId })
        .from(coupon)
        .where(and(eq(coupon.userId, userId), inArray(coupon.couponEventId, [...eventIds])));
      return new Set(rows.map((row) => row.eventId));
    },

    async markUsed(couponId, userId) {
      // All conditions in the one statement: of many uses at once the row's lock lets one through.
      const [result] = await db
        .update(coupon)
        .set({ usedAt: utcNow })
        .where(
          and(
            eq(coupon.id, couponId),
            eq(coupon.userId, userId),
            isNull(coupon.usedAt),
            gt(coupon.expiresAt, utcNow),
          ),
        );
      return result.affectedRows === 1;
    },

    async findCoupon(couponId, userId) {
      const [row] = await couponsWithEvent().where(and(eq(coupon.id, couponId), eq(coupon.userId, userId)));
      return row ? { coupon: toCoupon(row), nowMs: await databaseNowMs(db) } : null;
    },
  };
}

/** The clock that decides about expiry, in UTC milliseconds. */
async function databaseNowMs(db: Database): Promise<number> {
  const [rows] = (await db.execute(sql`select ${utcNow} as now`)) as unknown as [{ now: string }[]];
  return Date.parse(`${rows[0]?.now.replace(" ", "T")}Z`);
}

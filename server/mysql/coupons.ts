/** Coupons as their owners meet them: listed, found, used. */
import { and, desc, eq, gt, inArray, isNotNull, isNull, lt, lte, type SQL, sql } from "drizzle-orm";
import type { CouponState } from "#server/coupon/coupon";
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
    async couponsOf({ userId, state, beforeId, limit }) {
      // One clock for the condition and for whoever resolves the rows: none changes its state in between.
      const nowMs = await databaseNowMs(db);
      const isWanted = state === null ? undefined : inState(state, new Date(nowMs));
      const isOlder = beforeId === null ? undefined : lt(coupon.id, beforeId);
      const rows = await couponsWithEvent()
        .where(and(eq(coupon.userId, userId), isWanted, isOlder))
        .orderBy(desc(coupon.id))
        .limit(limit);
      return { coupons: rows.map(toCoupon), nowMs };
    },

    async countCoupons(userId) {
      const countOf = (state: CouponState) => sql<number>`count(${whenTrue(inState(state, utcNow))})`;
      const [counts] = await db
        .select({ usable: countOf("usable"), used: countOf("used"), expired: countOf("expired") })
        .from(coupon)
        .where(eq(coupon.userId, userId));
      return counts ?? { usable: 0, used: 0, expired: 0 };
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

/** `resolveCoupon` (server/coupon/coupon.ts) as a condition: a used coupon never expires. */
function inState(state: CouponState, now: Date | SQL): SQL {
  const { usedAt, expiresAt } = coupon;
  switch (state) {
    case "used":
      return isNotNull(usedAt);
    case "expired":
      return and(isNull(usedAt), lte(expiresAt, now)) as SQL;
    case "usable":
      return and(isNull(usedAt), gt(expiresAt, now)) as SQL;
  }
}

/** count() leaves out null, and counts 0. */
function whenTrue(condition: SQL): SQL {
  return sql`case when ${condition} then 1 end`;
}

/** The clock that decides about expiry, in UTC milliseconds. */
async function databaseNowMs(db: Database): Promise<number> {
  const [rows] = (await db.execute(sql`select ${utcNow} as now`)) as unknown as [{ now: string }[]];
  return Date.parse(`${rows[0]?.now.replace(" ", "T")}Z`);
}

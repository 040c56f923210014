/** What a rebuild reads after the drain: seats of failed records and rows, page by page, each page a read of its own. */
import { and, asc, eq, gt, inArray, ne, sql } from "drizzle-orm";
import type { SeatLedger } from "#server/coupon/ports";
import type { Database } from "./connect.ts";
import { seatColumns, toSeat } from "./rows.ts";
import { coupon, failedEvent } from "./schema.ts";

export function mysqlSeatLedger({ db }: { db: Database }): SeatLedger {
  return {
    async failedRecords({ afterId, limit }) {
      const rows = await db
        .select({ id: failedEvent.id, value: failedEvent.rawValue, state: failedEvent.state })
        .from(failedEvent)
        .where(and(ne(failedEvent.state, "replayed"), gt(failedEvent.id, afterId)))
        .orderBy(asc(failedEvent.id))
        .limit(limit);
      return rows.flatMap(({ state, ...row }) => (state === "replayed" ? [] : { ...row, state }));
    },

    async seatRows({ eventId, afterRank, limit }) {
      const rows = await db
        .select(seatColumns)
        .from(coupon)
        .where(and(eq(coupon.couponEventId, eventId), gt(coupon.rank, afterRank)))
        .orderBy(asc(coupon.rank))
        .limit(limit);
      return rows.map(toSeat);
    },

    async highestRanks(eventIds) {
      if (eventIds.length === 0) return new Map();
      const rows = await db
        .select({ eventId: coupon.couponEventId, highest: sql<number>`max(${coupon.rank})`.mapWith(Number) })
        .from(coupon)
        .where(inArray(coupon.couponEventId, [...eventIds]))
        .groupBy(coupon.couponEventId);
      return new Map(rows.map((row) => [row.eventId, row.highest]));
    },
  };
}

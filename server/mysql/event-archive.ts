/** The end of an event: closed and archived, each only if nobody has changed it since it was looked at. */
import { and, asc, eq, isNotNull, ne, or, sql } from "drizzle-orm";
import type { EventArchive } from "#server/coupon/ports";
import type { Database } from "./connect.ts";
import { couponEvent, utcNow } from "./schema.ts";

/** Longer than any rebuild: what had read an event before it was archived is over by then. */
const RECENT_HOURS = 24;

const hoursAgo = (hours: number) => sql`(${utcNow} - interval ${hours} hour)`;
/** Claims end with the coupons at the latest (gateSettings in coupon-event.ts). */
const claimsEnd = sql`coalesce(${couponEvent.closesAt}, ${couponEvent.expiresAt})`;

export function mysqlEventArchive({ db }: { db: Database }): EventArchive {
  return {
    async endEvent({ eventId, version, status }) {
      const isUnchanged = and(eq(couponEvent.id, eventId), eq(couponEvent.version, version));
      const mayBecome =
        status === "archived" ? eq(couponEvent.status, "closed") : ne(couponEvent.status, "archived");
      const [result] = await db
        .update(couponEvent)
        .set({ status, version: version + 1, updatedAt: utcNow })
        .where(and(isUnchanged, mayBecome));
      return result.affectedRows === 1 ? version + 1 : null;
    },

    async endedEvents({ endedForHours, limit }) {
      const closedByHand = and(
        eq(couponEvent.status, "closed"),
        sql`${couponEvent.updatedAt} < ${hoursAgo(endedForHours)}`,
      );
      const rows = await db
        .select({ id: couponEvent.id })
        .from(couponEvent)
        .where(
          and(
            ne(couponEvent.status, "archived"),
            isNotNull(couponEvent.openedEpoch),
            or(sql`${claimsEnd} < ${hoursAgo(endedForHours)}`, closedByHand),
          ),
        )
        .orderBy(asc(couponEvent.id))
        .limit(limit);
      return rows.map((row) => row.id);
    },

    async recentlyArchived() {
      const rows = await db
        .select({ id: couponEvent.id })
        .from(couponEvent)
        .where(
          and(eq(couponEvent.status, "archived"), sql`${couponEvent.updatedAt} > ${hoursAgo(RECENT_HOURS)}`),
        );
      return rows.map((row) => row.id);
    },
  };
}

/** What reconciliation asks of the tables: how many rows, which records failed, how many conflicts. */
import { and, asc, count, eq, gt, inArray } from "drizzle-orm";
import type { ConflictKind, EventAccounts } from "#server/coupon/ports";
import type { Database } from "./connect.ts";
import { coupon, failedEvent, issueConflict } from "./schema.ts";

export function mysqlEventAccounts({ db }: { db: Database }): EventAccounts {
  return {
    async rowCounts(eventIds) {
      if (eventIds.length === 0) return new Map();
      const rows = await db
        .select({ eventId: coupon.couponEventId, rows: count() })
        .from(coupon)
        .where(inArray(coupon.couponEventId, [...eventIds]))
        .groupBy(coupon.couponEventId);
      return new Map(rows.map((row) => [row.eventId, row.rows]));
    },

    async failedOfEvent({ eventId, afterId, limit }) {
      const rows = await db
        .select({ id: failedEvent.id, value: failedEvent.rawValue, state: failedEvent.state })
        .from(failedEvent)
        .where(
          and(
            eq(failedEvent.couponEventId, eventId),
            inArray(failedEvent.state, ["parked", "discarded"]),
            gt(failedEvent.id, afterId),
          ),
        )
        .orderBy(asc(failedEvent.id))
        .limit(limit);
      return rows as (Omit<(typeof rows)[number], "state"> & { state: "parked" | "discarded" })[];
    },

    async conflictCounts(eventId) {
      const counts: Record<ConflictKind, number> = {
        rank_taken: 0,
        user_has_other_rank: 0,
        over_limit: 0,
        stale_epoch: 0,
      };
      const rows = await db
        .select({ kind: issueConflict.kind, conflicts: count() })
        .from(issueConflict)
        .where(eq(issueConflict.couponEventId, eventId))
        .groupBy(issueConflict.kind);
      for (const { kind, conflicts } of rows) counts[kind] = conflicts;
      return counts;
    },
  };
}

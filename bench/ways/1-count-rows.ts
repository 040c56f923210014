/** Way 1: count the rows, and insert one if there are fewer than the limit. Two who count at once both find room. */
import type { RowDataPacket } from "mysql2/promise";
import { findRank, insertCoupon, soldOut, type Way, type WayDeps, won } from "./way.ts";

export const countRows: Way = {
  number: 1,
  title: "count rows, insert",
  async prepare(deps) {
    return async (eventId, userId) => {
      const event = await deps.cachedEvent(eventId);
      const rank = await findRank(deps, eventId, userId);
      if (rank !== null) return won(event, rank, true);
      const issued = await countCoupons(deps, eventId);
      if (issued >= event.issueLimit) return soldOut;
      await insertCoupon(deps, { eventId, userId, rank: issued + 1 });
      return won(event, issued + 1);
    };
  },
};

export async function countCoupons({ db, tables }: WayDeps, eventId: number): Promise<number> {
  const [rows] = await db.execute<RowDataPacket[]>(
    `select count(*) as issued from ${tables.coupon} where event_id = ?`,
    [eventId],
  );
  return rows[0]?.issued ?? 0;
}

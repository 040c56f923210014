/** Way 2: the event's row is locked, what remains is decremented, and the coupon is inserted in the same transaction. */
import type { RowDataPacket } from "mysql2/promise";
import { findRank, soldOut, type Way, type WayAnswer, type WayDeps, won } from "./way.ts";

export const rowLock: Way = {
  number: 2,
  title: "SELECT … FOR UPDATE",
  async prepare(deps) {
    return async (eventId, userId) => {
      const connection = await deps.db.getConnection();
      try {
        await connection.beginTransaction();
        const answer = await claim(deps, connection, eventId, userId);
        await connection.commit();
        return answer;
      } catch (error) {
        await connection.rollback();
        if ((error as { code?: string }).code !== "ER_DUP_ENTRY") throw error;
        return won(await deps.cachedEvent(eventId), (await findRank(deps, eventId, userId)) ?? 0, true);
      } finally {
        connection.release();
      }
    };
  },
};

async function claim(
  { tables }: WayDeps,
  connection: Awaited<ReturnType<WayDeps["db"]["getConnection"]>>,
  eventId: number,
  userId: string,
): Promise<WayAnswer> {
  const [rows] = await connection.execute<RowDataPacket[]>(
    `select issue_limit, remaining from ${tables.event} where id = ? for update`,
    [eventId],
  );
  const { issue_limit: issueLimit, remaining } = rows[0] as { issue_limit: number; remaining: number };
  if (remaining <= 0) return soldOut;
  const rank = issueLimit - remaining + 1;
  await connection.execute(`insert into ${tables.coupon} (event_id, user_id, coupon_rank) values (?, ?, ?)`, [
    eventId,
    userId,
    rank,
  ]);
  await connection.execute(`update ${tables.event} set remaining = remaining - 1 where id = ?`, [eventId]);
  return won({ id: eventId, issueLimit }, rank);
}

/** Way 4: INCR decides, and the coupon is inserted at once. Whoever presses twice takes a second number away. */
import { findRank, insertCoupon, soldOut, type Way, won } from "./way.ts";

export const incrInsert: Way = {
  number: 4,
  title: "INCR, insert",
  async prepare(deps) {
    return async (eventId, userId) => {
      const event = await deps.cachedEvent(eventId);
      const rank = await deps.redis.incr(deps.key(eventId, "count"));
      if (rank > event.issueLimit) return soldOut;
      if (await insertCoupon(deps, { eventId, userId, rank })) return won(event, rank);
      return won(event, (await findRank(deps, eventId, userId)) ?? 0, true);
    };
  },
};

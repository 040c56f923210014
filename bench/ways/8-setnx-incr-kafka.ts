/** Way 8: one key per user by SETNX, a counter, the event from a cache, and one Kafka send per winner. */
import { insertRowByRow, winnerSender } from "./one-by-one.ts";
import { already, seatsByCounter, soldOut, type Way, won } from "./way.ts";

export const setnxIncrKafka: Way = {
  number: 8,
  title: "SETNX, INCR, one send each",
  logs: true,
  async prepare(deps) {
    const { send } = await winnerSender(deps);
    return async (eventId, userId) => {
      const event = await deps.cachedEvent(eventId);
      if ((await deps.redis.setnx(deps.key(eventId, `user:${userId}`), 1)) === 0) return already;
      const rank = await deps.redis.incr(deps.key(eventId, "count"));
      if (rank > event.issueLimit) return soldOut;
      await send({ eventId, userId, rank });
      return won(event, rank);
    };
  },
  background: insertRowByRow,
  seats: seatsByCounter,
};

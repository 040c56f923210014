/** Way 7: a SET of users and a counter decide, one Kafka send per winner, and a consumer inserts row by row. */
import { insertRowByRow, winnerSender } from "./one-by-one.ts";
import { already, seatsByCounter, soldOut, type Way, won } from "./way.ts";

export const setIncrKafka: Way = {
  number: 7,
  title: "SET, INCR, one send each",
  logs: true,
  async prepare(deps) {
    const { send } = await winnerSender(deps);
    return async (eventId, userId) => {
      const event = await deps.cachedEvent(eventId);
      if ((await deps.redis.sadd(deps.key(eventId, "users"), userId)) === 0) return already;
      const rank = await deps.redis.incr(deps.key(eventId, "count"));
      if (rank > event.issueLimit) return soldOut;
      await send({ eventId, userId, rank });
      return won(event, rank);
    };
  },
  background: insertRowByRow,
  seats: seatsByCounter,
};

/**
 * Way 5: a SET of users and a counter decide, winners wait in a LIST, and a scheduler writes them in batches. Between
 * LPOP and the insert they are nowhere but in its memory.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { already, insertCoupons, seatsByCounter, soldOut, type Way, type WayDeps, won } from "./way.ts";

const SCHEDULE_MS = 1_000;
const BATCH = 1_000;

export const listQueue: Way = {
  number: 5,
  title: "SET, counter, LIST, scheduler",
  async prepare(deps) {
    const queue = deps.key("all", "queue");
    return async (eventId, userId) => {
      const event = await deps.cachedEvent(eventId);
      if ((await deps.redis.sadd(deps.key(eventId, "users"), userId)) === 0) return already;
      const rank = await deps.redis.incr(deps.key(eventId, "count"));
      if (rank > event.issueLimit) return soldOut;
      await deps.redis.rpush(queue, JSON.stringify({ eventId, userId, rank }));
      return won(event, rank);
    };
  },
  async background(deps, signal) {
    while (!signal.aborted) {
      await drain(deps);
      await sleep(SCHEDULE_MS, undefined, { signal }).catch(() => {});
    }
  },
  seats: seatsByCounter,
};

async function drain({ redis, key, ...deps }: WayDeps): Promise<void> {
  for (;;) {
    const waiting = await redis.lpop(key("all", "queue"), BATCH);
    if (waiting === null) return;
    await insertCoupons(
      { ...deps, redis, key },
      waiting.map((text) => JSON.parse(text)),
    );
  }
}

/**
 * Way 6: everyone waits in a sorted set by the time of the press, and a scheduler issues the first N of them. Nobody
 * hears "won" from the claim; a page asks again until the scheduler has come by.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { insertCoupons, soldOut, type Way, type WayDeps, type WayEvent } from "./way.ts";

const SCHEDULE_MS = 1_000;
const BATCH = 1_000;

export const sortedSet: Way = {
  number: 6,
  title: "sorted set, scheduler",
  tells: false,
  async prepare({ redis, key }) {
    return async (eventId, userId) => {
      const now = Date.now();
      if ((await redis.exists(key(eventId, "over"))) === 1) return soldOut;
      await redis.zadd(key(eventId, "waiting"), "NX", now, userId);
      return { status: "pending", since: new Date(now).toISOString() };
    };
  },
  async open({ redis, key }, event) {
    await redis.sadd(key("all", "open"), event.id);
  },
  async background(deps, signal) {
    const { redis, key } = deps;
    while (!signal.aborted) {
      for (const id of await redis.smembers(key("all", "open"))) {
        const event = await deps.cachedEvent(Number(id));
        if (await issueWaiting(deps, event)) await redis.srem(key("all", "open"), id);
      }
      await sleep(SCHEDULE_MS, undefined, { signal }).catch(() => {});
    }
  },
  async seats({ redis, key }, event) {
    const [issued, waiting] = await Promise.all([
      redis.get(key(event.id, "issued")),
      redis.zcard(key(event.id, "waiting")),
    ]);
    return Math.min(event.issueLimit, Number(issued ?? 0) + waiting);
  },
};

/** @returns whether the event is sold out now */
async function issueWaiting(deps: WayDeps, { id: eventId, issueLimit }: WayEvent): Promise<boolean> {
  const { redis, key } = deps;
  let issued = Number((await redis.get(key(eventId, "issued"))) ?? 0);
  while (issued < issueLimit) {
    const last = Math.min(BATCH, issueLimit - issued) - 1;
    const first = await redis.zrange(key(eventId, "waiting"), 0, String(last));
    if (first.length === 0) return false;
    await insertCoupons(
      deps,
      first.map((userId, index) => ({ eventId, userId, rank: issued + index + 1 })),
    );
    issued += first.length;
    await redis
      .multi()
      .set(key(eventId, "issued"), issued)
      .zrem(key(eventId, "waiting"), ...first)
      .exec();
  }
  await redis.set(key(eventId, "over"), 1);
  return true;
}

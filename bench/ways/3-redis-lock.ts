/**
 * Way 3: a lock in Redis around the work of way 1, taken and given back as the documentation of Redis's SET describes.
 * Whoever holds it for longer than it lives shares it with the next.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { countRows } from "./1-count-rows.ts";
import type { Way } from "./way.ts";

const LOCK_MS = 3_000;
const WAIT_MAX_MS = 3_000;
const RETRY_MIN_MS = 5;
const RETRY_MAX_MS = 20;
const RELEASE = `if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end return 0`;

export const redisLock: Way = {
  number: 3,
  title: "Redis lock, count, insert",
  async prepare(deps) {
    const countAndInsert = await countRows.prepare(deps);
    return async (eventId, userId) => {
      const key = deps.key(eventId, "lock");
      const token = randomUUID();
      if (!(await lock(deps.redis, key, token))) return { status: "unavailable", retryAfterMs: 1000 };
      try {
        return await countAndInsert(eventId, userId);
      } finally {
        await deps.redis.eval(RELEASE, 1, key, token);
      }
    };
  },
};

async function lock(redis: Redis, key: string, token: string): Promise<boolean> {
  const endMs = performance.now() + WAIT_MAX_MS;
  while (performance.now() < endMs) {
    if ((await redis.set(key, token, "PX", LOCK_MS, "NX")) === "OK") return true;
    // By chance, so that those who wait do not come back together.
    await sleep(RETRY_MIN_MS + Math.random() * (RETRY_MAX_MS - RETRY_MIN_MS));
  }
  return false;
}

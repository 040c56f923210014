/** What Redis has to be before the gate may stand on it, asked once at start-up of every master. */
import type { RedisConnection, RedisLog } from "./client.ts";

/** Redis cannot hold the gate. The message is one sentence for the operator. */
export class UnsuitableRedisError extends Error {
  override name = "UnsuitableRedisError";
}

/** Below 7.0 SCRIPT LOAD is replicated and persisted, so a Redis that forgot its data would still know the scripts. */
const VERSION_MIN = 7;

/**
 * Waits until Redis can be reached, and looks at its version and settings.
 * @throws UnsuitableRedisError when it cannot hold the gate
 */
export async function checkRedis(options: {
  redis: RedisConnection;
  log: RedisLog;
  timeoutMs: number;
}): Promise<void> {
  await options.redis.untilReady(options.timeoutMs);
  for (const master of await options.redis.masters()) {
    const info = parseInfo(await master.info());
    const where = `Redis at ${master.options.host}:${master.options.port}`;
    refuseUnsuitable(where, info);
    if (info.get("aof_enabled") !== "1") {
      options.log.warn(
        `${where} has appendonly off: each restart costs a rebuild and every seat not yet issued`,
      );
    }
  }
}

/** Settings by INFO, since managed servers often refuse CONFIG. */
function refuseUnsuitable(where: string, info: Map<string, string>): void {
  const version = info.get("redis_version") ?? "unknown";
  if (!(Number.parseInt(version, 10) >= VERSION_MIN)) {
    throw new UnsuitableRedisError(
      `${where} is version ${version}; the gate needs ${VERSION_MIN}.0 or later`,
    );
  }
  const policy = info.get("maxmemory_policy");
  if (policy !== "noeviction") {
    throw new UnsuitableRedisError(
      `${where} has maxmemory-policy ${policy}; the gate needs noeviction, because an evicted seat is a lost promise`,
    );
  }
}

function parseInfo(text: string): Map<string, string> {
  const fields = text.split("\r\n").map((line) => line.split(":", 2) as [string, string]);
  return new Map(fields.filter((field) => field.length === 2));
}

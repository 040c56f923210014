/** What commands are made of: the stores, and the gate under a lease of the command's own. */
import { systemClock } from "#server/clock";
import { createLease } from "#server/coupon/lease";
import type { Clock, GateStatus, Reporter } from "#server/coupon/ports";
import type { GateSeat } from "#server/coupon/seat";
import type { commandEnv } from "#server/env";
import { databaseAccess, redisAccess } from "#server/env/services";
import { connectMysql } from "#server/mysql/connect";
import { mysqlEpochStore } from "#server/mysql/epoch-store";
import { mysqlEvents } from "#server/mysql/events";
import { checkRedis, UnsuitableRedisError } from "#server/redis/check-redis";
import { connectRedis } from "#server/redis/client";
import { redisGate } from "#server/redis/gate";
import { isRefusalOf } from "#server/refusal";
import { CommandError, cannotBeUsed } from "./run-command.ts";

export type CommandParts = ReturnType<typeof connectCommand>;

const MYSQL_POOL_MAX = 4;
const QUERY_TIMEOUT_MS = 10_000;
const REDIS_READY_TIMEOUT_MS = 5000;
const POLL_EVERY_MS = 50;

/** A command tells its outcome in its own words; what drivers have to say on the way would only hide them. */
export const silentLog: Reporter = {
  count: () => undefined,
  gauge: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  alarm: () => undefined,
};

const tell: Reporter["info"] = (message, fields) => console.error(message, fields ?? "");
/** For the long work of a guardian done by hand: what an operator should see while it goes on. */
export const stderrLog: Reporter = { ...silentLog, info: tell, warn: tell, alarm: tell };

/** Connects in the background. */
export function connectCommand(env: ReturnType<typeof commandEnv>) {
  const clock = systemClock();
  const mysql = connectMysql({
    ...databaseAccess(env),
    poolMax: MYSQL_POOL_MAX,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
    log: silentLog,
  });
  const redis = connectRedis({
    ...redisAccess(env),
    ...{ clientName: "sunchak-command", log: silentLog, isRefusal: isRefusalOf("Redis") },
  });
  const gate = redisGate({ redis });
  const lease = createLease({ epochs: mysqlEpochStore({ mysql }), clock, leaseMs: env.EPOCH_LEASE_MS });

  /** Reads the epoch. @throws CommandError when MySQL cannot be used */
  async function demandMysql(): Promise<void> {
    await lease.refresh().catch((error: unknown) => {
      throw cannotBeUsed("MySQL", error);
    });
  }

  return {
    ...{ clock, mysql, gate, lease },
    events: mysqlEvents({ db: mysql.db }),

    demandMysql,

    /** The gate's clock in UTC milliseconds. @throws CommandError when Redis or MySQL cannot be used */
    async gateNowMs(): Promise<number> {
      await demandMysql();
      try {
        await checkRedis({ redis, log: silentLog, timeoutMs: REDIS_READY_TIMEOUT_MS });
      } catch (error) {
        if (error instanceof UnsuitableRedisError) throw new CommandError(error.message);
        throw cannotBeUsed("Redis", error);
      }
      const [master] = await redis.masters();
      const [seconds, microseconds] = (await master?.time()) ?? [0, 0];
      return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
    },

    /**
     * The gate's word on an event and on some users' seats, under the lease.
     * @param userIds at most 256
     * @returns null while the gate cannot speak: not opened yet, being rebuilt, unreachable
     */
    async askGate(
      eventId: number,
      userIds: readonly string[] = [],
    ): Promise<(GateStatus & { seats: (GateSeat | null)[] }) | null> {
      try {
        const { epoch } = await lease.refresh();
        const reply = await gate.status({ epoch, eventId, userIds });
        return reply.fenced || !lease.holds(epoch) ? null : reply.value;
      } catch {
        return null;
      }
    },

    async close() {
      redis.close();
      await mysql.close();
    },
  };
}

/** Asks again and again until the answer is not null. @returns null when the time is over */
export async function until<T>(
  clock: Clock,
  timeoutMs: number,
  ask: () => Promise<T | null>,
): Promise<T | null> {
  const endMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null || clock.monotonicMs() >= endMs) return answer;
    await clock.sleep(POLL_EVERY_MS);
  }
}

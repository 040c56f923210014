/** What the web process is made of: adapters on one side, the core's use cases over them, and the loops that keep both fresh. */
import { createClaims } from "./coupon/claim.ts";
import { createDirectory } from "./coupon/directory.ts";
import { createGateReadings } from "./coupon/gate-readings.ts";
import { createHandOff } from "./coupon/hand-off.ts";
import { createLease, leaseRefreshMs } from "./coupon/lease.ts";
import { createEventViews, createWallet } from "./coupon/list.ts";
import type { Clock, Reporter } from "./coupon/ports.ts";
import { createSeatingDesk } from "./coupon/seating.ts";
import { createSoldOutMemory } from "./coupon/sold-out.ts";
import { createCouponUse } from "./coupon/use.ts";
import { databaseAccess, kafkaAccess, redisAccess } from "./env/services.ts";
import type { webEnv } from "./env.ts";
import type { Probe } from "./health.ts";
import { kafkaClaimLog } from "./kafka/claim-log.ts";
import { connectKafka } from "./kafka/client.ts";
import { connectMysql } from "./mysql/connect.ts";
import { mysqlCouponShelf, mysqlSeatRows } from "./mysql/coupons.ts";
import { mysqlEpochSource } from "./mysql/epoch-store.ts";
import { mysqlEvents } from "./mysql/events.ts";
import { dependencyProbes } from "./probes.ts";
import { checkRedis, UnsuitableRedisError } from "./redis/check-redis.ts";
import { connectRedis } from "./redis/client.ts";
import { redisGate } from "./redis/gate.ts";
import { isRefusalOf, orRefused, RefusedError, type ServiceName } from "./refusal.ts";
import { repeat } from "./repeat.ts";
import type { Services } from "./trpc/context.ts";

/** Claims need none while the gate speaks; this is for wallets, uses, and rows while it does not. */
const MYSQL_POOL_MAX = 10;
const DIRECTORY_EVERY_MS = 1000;
const REDIS_CHECK_WAIT_MS = 5000;
/** By then a Redis that is there has said whether it lets us in; the start waits no longer for one that is silent. */
const REDIS_FIRST_WORD_MS = 1000;
/** A hand-off that is stuck at the end is left to the sweeper. */
const SETTLE_DEADLINE_MS = 2000;

export type WebParts = {
  services: Services;
  probes: Record<string, Probe>;
  /**
   * Starts the loops. @returns when the epoch and the events were read for the first time: before that, a list of
   * events would be empty and wrong. Later outages only make answers `unavailable`.
   * @param refuse called with a sentence when a dependency turns out to be unusable as it is; for what Redis says to
   *   its first connection, before this resolves
   */
  start(refuse: (sentence: string) => void): Promise<void>;
  close(): Promise<void>;
};

/** Connects in the background: a dependency that is down makes answers `unavailable`, it does not stop the process. */
export function openWebParts(parts: {
  env: ReturnType<typeof webEnv>;
  clock: Clock;
  reporter: Reporter;
}): WebParts {
  const { env, clock, reporter } = parts;
  const mysql = connectMysql({ ...databaseAccess(env), poolMax: MYSQL_POOL_MAX, log: reporter });
  const redis = connectRedis({
    ...redisAccess(env),
    ...{ log: reporter, clientName: "sunchak-web", isRefusal: isRefusalOf("Redis") },
  });
  const kafka = connectKafka({ ...kafkaAccess(env), clientId: "sunchak-web", log: reporter });

  const gate = redisGate({ redis });
  const rows = mysqlSeatRows({ db: mysql.db });
  const shelf = mysqlCouponShelf({ db: mysql.db });
  const lease = createLease({
    epochs: mysqlEpochSource({ db: mysql.epochDb }),
    clock,
    leaseMs: env.EPOCH_LEASE_MS,
  });
  const directory = createDirectory({ source: mysqlEvents({ db: mysql.db }) });
  const readings = createGateReadings({ gate, lease, clock, reporter });
  const handOff = createHandOff({ log: kafkaClaimLog(kafka), gate, lease, reporter });
  const desk = createSeatingDesk({ gate, rows, lease, reporter });
  const soldOut = createSoldOutMemory({ gate, lease, clock, reporter });

  const stopped = new AbortController();
  const { signal } = stopped;
  const loops: Promise<void>[] = [];
  /** @returns when the first run has ended well */
  const loop = (what: string, everyMs: number, task: () => Promise<unknown>): Promise<void> =>
    new Promise((onFirstSuccess) => {
      loops.push(repeat({ what, everyMs, task, signal, clock, reporter, onFirstSuccess }));
    });

  return {
    services: {
      claims: createClaims({ directory, desk, handOff, readings, soldOut, rows, lease, clock, reporter }),
      events: createEventViews({ directory, readings }),
      wallet: createWallet({ shelf, directory, readings }),
      couponUse: createCouponUse({ shelf }),
    },
    probes: dependencyProbes({ redis, kafka, lease, gate, mysql: () => lease.refresh() }),
    async start(refuse) {
      // Not among the loops: a stop need not wait for a service that does not answer.
      const [redisIsSuitable] = [untilRedisIsSuitable(), untilKafkaLetsIn(), untilMysqlLetsIn()].map(
        (looking) => looking.catch((error: Error) => refuse(error.message)),
      );
      await Promise.all([
        // Nobody should be sent here by a balancer while Redis is about to turn us away.
        Promise.race([redisIsSuitable, redis.untilAway(REDIS_FIRST_WORD_MS)]),
        loop("reading the epoch", leaseRefreshMs(env.EPOCH_LEASE_MS), () => lease.refresh()),
        loop("reading the events", DIRECTORY_EVERY_MS, () => directory.refresh()),
      ]);
    },
    async close() {
      stopped.abort();
      await Promise.all(loops);
      const patience = clock.sleep(SETTLE_DEADLINE_MS);
      await Promise.race([handOff.settled(), patience]);
      redis.close();
      await Promise.all([kafka.close(), mysql.close()]);
    },
  };

  /** @throws UnsuitableRedisError once Redis could be asked and cannot hold the gate; RefusedError */
  function untilRedisIsSuitable(): Promise<void> {
    return untilAnswered("Redis", () => checkRedis({ redis, log: reporter, timeoutMs: REDIS_CHECK_WAIT_MS }));
  }

  function untilKafkaLetsIn(): Promise<void> {
    return untilAnswered("Kafka", () =>
      kafka.withAdmin("asking for the brokers", (admin) => admin.describeCluster()),
    );
  }

  function untilMysqlLetsIn(): Promise<void> {
    return untilAnswered("MySQL", () => lease.refresh());
  }

  /** A service that is away may come back; one that turns us away will not change its mind. */
  async function untilAnswered(service: ServiceName, ask: () => Promise<unknown>): Promise<void> {
    while (!signal.aborted) {
      try {
        await orRefused(service, ask());
        return;
      } catch (error) {
        if (error instanceof UnsuitableRedisError || error instanceof RefusedError) throw error;
        await clock.sleep(1000, signal);
      }
    }
  }
}

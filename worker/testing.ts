/** For tests: a worker in this process, on a Redis, a topic and a database of its own. */

import { systemClock } from "#server/clock";
import type { ClaimRecord } from "#server/coupon/claim-record";
import type { Reporter } from "#server/coupon/ports";
import { workerEnv } from "#server/env";
import { connectKafka } from "#server/kafka/client";
import { kafkaBrokers, kafkaForTests } from "#server/kafka/testing";
import { mysqlEvents } from "#server/mysql/events";
import { coupon, failedEvent, issueConflict } from "#server/mysql/schema";
import { anEvent, createMigratedDatabase } from "#server/mysql/testing";
import { redisGate } from "#server/redis/gate";
import { connected, startPrivateRedis } from "#server/redis/testing";
import { repeat } from "#server/repeat";
import { followLog } from "./follow-log.ts";
import { connectParts } from "./parts.ts";

/** A rebuild waits this long; long enough for a busy machine to renew it in time. */
const LEASE_MS = 500;
const quiet: Reporter = { count() {}, gauge() {}, info() {}, warn() {}, alarm() {} };

export type TestWorker = Awaited<ReturnType<typeof startTestWorker>>;

/**
 * Connects everything; nothing runs before `consume` or `guard` is called.
 * @param options.partitions of the claim topic, which the guardian creates
 * @param options.archiveAfterHours 0: nothing is archived by itself
 */
export async function startTestWorker({
  partitions,
  archiveAfterHours = 0,
}: {
  partitions: number;
  archiveAfterHours?: number;
}) {
  const database = await createMigratedDatabase();
  const { server: redisServer, stop: stopRedis } = await startPrivateRedis();
  const kafka = await kafkaForTests();
  const topic = kafka.newName("claims");
  const group = kafka.newName("workers");
  kafka.forget(topic);

  const clock = systemClock();
  const parts = connectParts(
    workerEnv({
      REDIS_URL: redisServer.url,
      KAFKA_BROKERS: kafkaBrokers().join(),
      DATABASE_URL: database.url,
      CLAIM_TOPIC: topic,
      CLAIM_PARTITIONS: String(partitions),
      CONSUMER_GROUP: group,
      EPOCH_LEASE_MS: String(LEASE_MS),
      ARCHIVE_AFTER_HOURS: String(archiveAfterHours),
    }),
    { clock, reporter: quiet },
  );
  const redis = await connected(redisServer.url);
  const producer = connectKafka({ brokers: kafkaBrokers(), clientId: "test-producer", log: quiet });
  const { db } = database.mysql;
  const stopping = new AbortController();
  const { signal } = stopping;
  const running: Promise<void>[] = [];
  const loop = (everyMs: number, task: () => Promise<unknown>) =>
    running.push(repeat({ what: "a task", everyMs, task, signal, clock, reporter: quiet }));

  return {
    ...{ parts, topic, redisServer, redis, clock, db },
    gate: redisGate({ redis }),
    events: mysqlEvents({ db }),
    newEvent: (changes: Parameters<typeof anEvent>[0] = {}) =>
      mysqlEvents({ db }).createEvent(anEvent(changes)),

    /** The reader of the claim log. */
    consume(): void {
      running.push(followLog({ ...parts, signal, clock, reporter: quiet }));
    },
    /** The lease and the guardian. */
    guard(): void {
      loop(LEASE_MS / 5, () => parts.lease.refresh());
      loop(50, () => parts.guardian.tick(signal));
    },
    /** A new epoch with its markers, without any gate. @returns the epoch */
    async newEpoch(): Promise<number> {
      await parts.markers.ensureTopic(parts.target);
      const { epoch: after } = await parts.epochs.currentEpoch();
      const epoch = await parts.epochs.raiseEpoch({ reason: "test", ...parts.target, after });
      if (epoch === null || !(await parts.markers.appendMarkers(parts.target, epoch)))
        throw new Error("no acknowledgement");
      return epoch;
    },
    /** Appends values to one partition, in one batch. */
    async append(partition: number, values: readonly (ClaimRecord | string)[]): Promise<void> {
      const messages = values.map((value) => ({
        partition,
        key: typeof value === "string" ? null : value.userId,
        value: typeof value === "string" ? value : JSON.stringify(value),
      }));
      const acknowledged = await producer.sender.send(topic, messages);
      if (!acknowledged.has(partition)) throw new Error("no acknowledgement");
    },
    /** The group's next offset in each partition; "-1" where it has committed none. */
    committed: () => kafka.committed(group, topic),
    /** The offset behind the last record of each partition. */
    async logEnd(): Promise<string[]> {
      const offsets = await kafka.admin.fetchTopicOffsets(topic);
      return offsets.sort((a, b) => a.partition - b.partition).map(({ high }) => high);
    },
    /** `userId: rank`, of one event. */
    async rows(eventId: number): Promise<Record<string, number>> {
      const rows = await db.select().from(coupon).orderBy(coupon.rank);
      return Object.fromEntries(
        rows.filter((row) => row.couponEventId === eventId).map((row) => [row.userId, row.rank]),
      );
    },
    parked: () => db.select().from(failedEvent),
    conflicts: () => db.select().from(issueConflict),

    async stop() {
      stopping.abort();
      await Promise.all(running);
      redis.close();
      await Promise.all([parts.close(), producer.close()]);
      await kafka.close();
      await Promise.all([stopRedis(), database.drop()]);
    },
  };
}

/** Reading the log as the worker does: nothing is skipped, whatever fails. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { LogRecord } from "#server/coupon/ports";
import { kafkaClaimLog } from "./claim-log.ts";
import { aRecord, collector, kafkaForTests } from "./testing.ts";

let kafka: Awaited<ReturnType<typeof kafkaForTests>>;
beforeAll(async () => {
  kafka = await kafkaForTests();
});
afterAll(() => kafka.close());

const patience = { timeout: 30_000 };

/** A topic with records `user-0` … in one partition, so that their order is known. */
async function topicWith(count: number) {
  const topic = await kafka.newTopic(1);
  await append(topic, 0, count);
  return { topic, group: kafka.newName("group") };
}

async function append(topic: string, from: number, count: number) {
  const records = Array.from({ length: count }, (_, index) => aRecord(`user-${from + index}`));
  const acknowledged = await kafkaClaimLog(kafka.connect()).append(
    { epoch: 1, topic, partitions: 1 },
    records,
  );
  expect(acknowledged.every(Boolean)).toBe(true);
}

const offsets = (records: LogRecord[]) => records.map((record) => Number(record.origin.offset));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

test("offsets are committed only after the handler resolved", async () => {
  const { topic, group } = await topicWith(10);
  const handling = Promise.withResolvers<void>();
  const mayFinish = Promise.withResolvers<void>();
  const handle = vi.fn(async () => {
    handling.resolve();
    await mayFinish.promise;
  });
  kafka.consume({ topic, group, handle });
  await handling.promise;
  expect(await kafka.committed(group, topic)).toEqual(["-1"]);
  mayFinish.resolve();
  await vi.waitFor(async () => expect(await kafka.committed(group, topic)).toEqual(["10"]), patience);
});

test("a batch whose handler throws is retried, and nothing is skipped", async () => {
  const { topic, group } = await topicWith(2_500);
  const read = collector();
  let failuresLeft = 3;
  const sizes: number[] = [];
  kafka.consume({
    topic,
    group,
    handle: async (batch) => {
      sizes.push(batch.length);
      // The kind of error that makes kafkajs itself give up for good.
      if (read.records.length >= 1_000 && failuresLeft-- > 0) throw new TypeError("the handler has a bug");
      await read.handle(batch);
    },
  });
  await vi.waitFor(() => expect(read.records).toHaveLength(2_500), patience);
  expect(offsets(read.records)).toEqual(upTo(2_500));
  expect(failuresLeft).toBeLessThanOrEqual(0);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
  await vi.waitFor(async () => expect(await kafka.committed(group, topic)).toEqual(["2500"]), patience);
});

test("a partition that fails does not hold up the others", async () => {
  const topic = await kafka.newTopic(2);
  const { sender } = kafka.connect();
  await sender.send(
    topic,
    [0, 1].map((partition) => ({ partition, key: null, value: "x" })),
  );
  const read = collector();
  kafka.consume({
    topic,
    group: kafka.newName("group"),
    handle: async (batch) => {
      if (batch[0]?.origin.partition === 0) throw new Error("not yet");
      await read.handle(batch);
    },
  });
  await vi.waitFor(() => expect(read.records).toHaveLength(1), patience);
  await sender.send(topic, [{ partition: 1, key: null, value: "y" }]);
  await vi.waitFor(() => expect(read.records.map((record) => record.value)).toEqual(["x", "y"]), patience);
});

test("a stopped consumer finishes its batch, commits it and takes no other", async () => {
  const { topic, group } = await topicWith(1_500);
  const handling = Promise.withResolvers<void>();
  const mayFinish = Promise.withResolvers<void>();
  const read = collector();
  const consumer = kafka.consume({
    topic,
    group,
    handle: async (batch) => {
      handling.resolve();
      await mayFinish.promise;
      await read.handle(batch);
    },
  });
  await handling.promise;
  const stopped = consumer.stop();
  mayFinish.resolve();
  await stopped;
  expect(offsets(read.records)).toEqual(upTo(read.records.length));
  expect(read.records.length).toBeLessThanOrEqual(1_000);
  expect(await kafka.committed(group, topic)).toEqual([String(read.records.length)]);

  kafka.consume({ topic, group, handle: read.handle });
  await vi.waitFor(() => expect(read.records).toHaveLength(1_500), patience);
  expect(offsets(read.records)).toEqual(upTo(1_500));
});

test("a consumer that is stopped while its batch keeps failing leaves it for the next one", async () => {
  const { topic, group } = await topicWith(5);
  const failed = Promise.withResolvers<void>();
  const consumer = kafka.consume({
    topic,
    group,
    handle: async () => {
      failed.resolve();
      throw new Error("the database is away");
    },
  });
  await failed.promise;
  await consumer.stop();
  expect(await kafka.committed(group, topic)).toEqual(["-1"]);
  const read = collector();
  kafka.consume({ topic, group, handle: read.handle });
  await vi.waitFor(() => expect(offsets(read.records)).toEqual(upTo(5)), patience);
});

test("a handler that takes longer than the session keeps its partition, and is not asked twice", async () => {
  const { topic, group } = await topicWith(3);
  const sessionTimeoutMs = 6_000;
  const handle = vi.fn(async () => {
    const startedMs = performance.now();
    await vi.waitUntil(() => performance.now() - startedMs > sessionTimeoutMs + 2_500, { timeout: 20_000 });
  });
  kafka.consume({ topic, group, handle });
  await vi.waitFor(async () => expect(await kafka.committed(group, topic)).toEqual(["3"]), patience);
  expect(handle).toHaveBeenCalledTimes(1);
});

test("a topic that is created later is read from its beginning", async () => {
  const topic = kafka.newName("topic");
  kafka.forget(topic);
  const read = collector();
  kafka.consume({ topic, group: kafka.newName("group"), handle: read.handle });
  await kafka.admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1 }] });
  await append(topic, 0, 3);
  await vi.waitFor(() => expect(offsets(read.records)).toEqual(upTo(3)), patience);
});

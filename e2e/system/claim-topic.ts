/** The claim log seen from outside: what lies in the topic, whether the worker has read it, and records of our own. */
import { randomUUID } from "node:crypto";
import { Kafka, logLevel } from "kafkajs";
import { until } from "./until.ts";

/** A record as it lies in the topic; `claim` is null for markers and for what cannot be read. */
export type TopicRecord = {
  partition: number;
  offset: string;
  key: string | null;
  value: string | null;
  claim: { epoch: number; couponEventId: number; userId: string; rank: number } | null;
};

export type ClaimTopic = {
  /** Every record that was in the topic when this was called. */
  read(): Promise<TopicRecord[]>;
  /** Puts a record of our own on a partition. @returns its offset */
  append(record: { partition: number; key: string | null; value: string }): Promise<number>;
  /** How many workers the group has. */
  readers(): Promise<number>;
  /** By partition, the offset that the worker's group reads next. */
  committed(): Promise<Map<number, number>>;
  /** Moves the group to this offset; it has to be without workers. */
  moveTo(place: { partition: number; offset: number }): Promise<void>;
  /** The partitions in which the group has something left to read. */
  unread(): Promise<number[]>;
  /** Until the worker's group has committed everything that is in the topic now. */
  workerHasReadAll(): Promise<void>;
  partitions(): Promise<number[]>;
};

export function claimTopic(options: { brokers: string; topic: string; group: string }): ClaimTopic {
  const { topic, group } = options;
  const kafka = new Kafka({ brokers: options.brokers.split(","), logLevel: logLevel.NOTHING });

  async function withAdmin<T>(use: (admin: ReturnType<Kafka["admin"]>) => Promise<T>): Promise<T> {
    const admin = kafka.admin();
    await admin.connect();
    return await use(admin).finally(() => admin.disconnect());
  }
  const ends = () => withAdmin((admin) => admin.fetchTopicOffsets(topic));

  async function committed(): Promise<Map<number, number>> {
    const [ofTopic] = await withAdmin((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    return new Map(ofTopic?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  async function unread(): Promise<number[]> {
    const [target, at] = await Promise.all([ends(), committed()]);
    return target
      .filter(({ partition, high }) => (at.get(partition) ?? -1) < Number(high))
      .map(({ partition }) => partition);
  }

  async function read(): Promise<TopicRecord[]> {
    // How far each partition has to be read; empty ones are done already.
    const missing = new Map((await ends()).map(({ partition, high }) => [partition, Number(high)]));
    for (const [partition, high] of missing) if (high === 0) missing.delete(partition);
    const records: TopicRecord[] = [];
    if (missing.size === 0) return records;

    const groupId = `system-read-${randomUUID()}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const all = Promise.withResolvers<void>();
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        if (!missing.has(partition)) return;
        records.push(topicRecord(partition, message));
        if (Number(message.offset) + 1 >= (missing.get(partition) ?? 0)) missing.delete(partition);
        if (missing.size === 0) all.resolve();
      },
    });
    await all.promise.finally(() => consumer.disconnect());
    await withAdmin((admin) => admin.deleteGroups([groupId]));
    return records;
  }

  return {
    read,
    async append({ partition, key, value }) {
      const producer = kafka.producer();
      await producer.connect();
      const [sent] = await producer
        .send({ topic, acks: -1, messages: [{ partition, key, value }] })
        .finally(() => producer.disconnect());
      return Number(sent?.baseOffset);
    },
    async readers() {
      const { groups } = await withAdmin((admin) => admin.describeGroups([group]));
      return groups[0]?.members.length ?? 0;
    },
    committed,
    unread,
    async moveTo({ partition, offset }) {
      const partitions = [{ partition, offset: String(offset) }];
      await withAdmin((admin) => admin.setOffsets({ groupId: group, topic, partitions }));
    },
    async workerHasReadAll() {
      const target = await ends();
      await until("the worker to read the whole claim log", async () => {
        const at = await committed();
        return target.every(({ partition, high }) => (at.get(partition) ?? -1) >= Number(high));
      });
    },
    partitions: async () => (await ends()).map(({ partition }) => partition),
  };
}

function topicRecord(
  partition: number,
  message: { offset: string; key: Buffer | null; value: Buffer | null },
): TopicRecord {
  const value = message.value?.toString() ?? null;
  return {
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? null,
    value,
    claim: readClaim(value),
  };
}

function readClaim(value: string | null): TopicRecord["claim"] {
  try {
    const data = JSON.parse(value ?? "");
    return typeof data.userId === "string" ? data : null;
  } catch {
    return null;
  }
}

/** For tests: connections and topics of their own on the real Kafka, closed and deleted afterwards. */
import { randomBytes } from "node:crypto";
import { type AddressInfo, connect as connectTcp, createServer } from "node:net";
import { type Admin, Kafka, logLevel } from "kafkajs";
import type { ClaimRecord } from "#server/coupon/claim-record";
import type { LogRecord } from "#server/coupon/ports";
import { connectKafka, type KafkaConnection } from "./client.ts";
import { consumeClaimLog } from "./consumer.ts";
import { repairDriver } from "./driver-repairs.ts";

export const silentLog = { info: () => {}, warn: () => {} };

export function kafkaBrokers(): string[] {
  const brokers = process.env.KAFKA_BROKERS;
  if (!brokers) throw new Error("KAFKA_BROKERS is not set: run `npm run stack`, or the tests by `npm test`");
  return brokers.split(",");
}

export type Consumed = Partial<Parameters<typeof consumeClaimLog>[0]> & { topic: string; group: string };

/** Everything a test opens, and one call that closes it in the right order. */
export async function kafkaForTests(brokers = kafkaBrokers()) {
  repairDriver();
  const admin: Admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics: string[] = [];
  const closing: (() => Promise<void>)[] = [() => admin.disconnect()];

  function connect(options: Partial<Parameters<typeof connectKafka>[0]> = {}): KafkaConnection {
    const kafka = connectKafka({ brokers, clientId: "test", log: silentLog, ...options });
    closing.push(() => kafka.close());
    return kafka;
  }

  return {
    admin,
    connect,
    newName: (kind: string) => `test-${kind}-${randomBytes(6).toString("hex")}`,
    async newTopic(partitions: number): Promise<string> {
      const topic = `test-topic-${randomBytes(6).toString("hex")}`;
      await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions }] });
      topics.push(topic);
      // Asks the leaders themselves: a first send to a leader that is not ready yet is repeated, and then written twice.
      await admin.fetchTopicOffsets(topic);
      return topic;
    },
    forget: (topic: string) => topics.push(topic),
    consume({ topic, group, ...options }: Consumed) {
      const consumer = consumeClaimLog({
        // A connection of its own: kafkajs shares what it knows of a group's offsets between consumers of one client.
        kafka: connect(),
        group,
        topics: [topic],
        handle: async () => {},
        log: silentLog,
        onLost: (error) => {
          throw error;
        },
        onCrash: (error) => {
          throw error;
        },
        ...options,
      });
      closing.push(() => consumer.stop());
      return consumer;
    },
    async committed(group: string, topic: string): Promise<string[]> {
      const [fetched] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      return (fetched?.partitions ?? [])
        .sort((a, b) => a.partition - b.partition)
        .map((entry) => entry.offset);
    },
    async close() {
      await admin.deleteTopics({ topics }).catch(() => {});
      for (const close of closing.reverse()) await close();
    },
  };
}

export function aRecord(userId: string, rank = 1): ClaimRecord {
  return {
    v: 1,
    epoch: 1,
    couponEventId: 1,
    userId,
    rank,
    claimedAt: "2027-01-15T08:00:00.123Z",
    requestId: "test",
  };
}

/** Collects what a consumer hands over. */
export function collector() {
  const records: LogRecord[] = [];
  return {
    records,
    handle: async (batch: LogRecord[]) => {
      records.push(...batch);
    },
  };
}

/** An address where nobody listens until it is opened; then it leads to the broker. */
export async function closedDoor(broker: string) {
  const target = new URL(`tcp://${broker}`);
  const server = createServer((client) => {
    const upstream = connectTcp(Number(target.port), target.hostname);
    client.on("error", () => {}).pipe(upstream);
    upstream.on("error", () => {}).pipe(client);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  await close();
  return { address: `127.0.0.1:${port}`, open: () => listen(port), close: async () => void close() };
}

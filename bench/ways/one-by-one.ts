/** What ways 7 and 8 share: Kafka as the first pages of its driver's documentation use it, one message at a time. */
import { once } from "node:events";
import { insertCoupon, type WayDeps } from "./way.ts";

type Winner = { eventId: number; userId: string; rank: number };

/** `send` resolves when Kafka has acknowledged the winner, by all replicas: the driver's default. */
export async function winnerSender({ kafka, topic }: Pick<WayDeps, "kafka" | "topic">) {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return {
    async send(winner: Winner): Promise<void> {
      await producer.send({ topic, messages: [{ key: winner.userId, value: JSON.stringify(winner) }] });
    },
  };
}

/** Inserts each message by itself, one after the other: the driver's default. */
export async function insertRowByRow(deps: WayDeps, signal: AbortSignal): Promise<void> {
  const consumer = deps.kafka.consumer({ groupId: deps.topic });
  await consumer.connect();
  await consumer.subscribe({ topic: deps.topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      await insertCoupon(deps, JSON.parse(String(message.value)));
    },
  });
  if (!signal.aborted) await once(signal, "abort");
  await consumer.disconnect();
}

/** As many as the product's claim log has. */
export const PARTITIONS = 4;

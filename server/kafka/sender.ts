/** Appending to the log with an outcome in bounded time: which partitions certainly have their messages. */
import type { Message, Producer } from "kafkajs";
import type { Reporter } from "#server/coupon/ports";
import { withDeadline } from "./deadline.ts";

export type PartitionedMessage = { partition: number; key: string | null; value: string };

export interface Sender {
  /** @returns the partitions that acknowledged all their messages; any other one is unknown. Never rejects. */
  send(topic: string, messages: readonly PartitionedMessage[]): Promise<Set<number>>;
  /** Opens the connection ahead of the first send, which would do it otherwise. Never rejects. */
  connect(): Promise<void>;
  close(): Promise<void>;
}

/** On all replicas in sync. With fewer, a broker that dies takes acknowledged messages with it. */
const ACKS_ALL = -1;
/** Claims, the sweeper and the guardian send at most one at a time each; more means that something is stuck. */
const IN_FLIGHT_MAX = 8;

type SendingProducer = Pick<Producer, "connect" | "send" | "disconnect">;

export function boundedSender({
  producer,
  log,
  deadlineMs,
}: {
  producer: SendingProducer;
  log: Pick<Reporter, "warn">;
  deadlineMs: number;
}): Sender {
  let connection: Promise<void> | null = null;
  let inFlight = 0;
  let overdue = 0;
  let failing = false;

  function connected(): Promise<void> {
    connection ??= producer.connect().catch((cause) => {
      connection = null;
      throw cause;
    });
    return connection;
  }

  /** Sends, and stays counted until kafkajs is through with it, however late. */
  async function produce(topic: string, messages: readonly PartitionedMessage[]) {
    inFlight += 1;
    try {
      await connected();
      return await producer.send({
        topic,
        acks: ACKS_ALL,
        timeout: deadlineMs,
        messages: messages as Message[],
      });
    } finally {
      inFlight -= 1;
    }
  }

  return {
    async send(topic, messages) {
      // While one hangs beyond its deadline the next would hang as well, and they would pile up in memory.
      if (overdue > 0 || inFlight >= IN_FLIGHT_MAX) return new Set();
      const sending = produce(topic, messages);
      try {
        const results = await withDeadline(sending, deadlineMs, "appending to the claim log");
        // send() can resolve although one of its partitions was never written: when a leader dies and its
        // partition moves to a broker that has answered already, the retry skips that broker (history 1).
        failing = false;
        const acknowledged = results.filter((entry) => entry.topicName === topic && entry.errorCode === 0);
        return new Set(acknowledged.map((entry) => entry.partition));
      } catch (cause) {
        // Once per outage: a crowd would repeat it hundreds of times a second.
        if (!failing) {
          log.warn("the claim log does not acknowledge", {
            topic,
            records: messages.length,
            error: String(cause),
          });
        }
        failing = true;
        overdue += 1;
        const settled = () => {
          overdue -= 1;
        };
        sending.then(settled, settled);
        return new Set();
      }
    },

    async connect() {
      await connected().catch((cause: Error) => {
        log.warn("Kafka cannot be reached yet; the next send tries again", { error: cause.message });
      });
    },

    async close() {
      await withDeadline(producer.disconnect(), deadlineMs, "disconnecting").catch(() => {});
    },
  };
}

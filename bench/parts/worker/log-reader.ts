/** What turns a filled log into rows, as the part about the worker sees it. */
import type { Pool } from "mysql2/promise";
import type { KafkaConnection } from "#server/kafka/client";
import type { PartitionedMessage } from "#server/kafka/sender";

export type LogReader = {
  name: string;
  title: string;
  /** about as many as it manages; only the length of a round hangs on it */
  recordsPerSecond: number;
  /** Fills a log with so many records. */
  prepare(records: number): Promise<Prepared>;
};

export type Prepared = {
  records: number;
  /** reads the log once it is started */
  process: { label: string; script: string; env: Record<string, string>; ready: string };
  /** where its rows come */
  rows: { db: Pool; table: string; eventColumn: string; writtenAtColumn: string; eventId: number };
};

const CHUNK = 1_000;

/** @throws Error when Kafka does not acknowledge one of them */
export async function fillTopic(
  { sender }: Pick<KafkaConnection, "sender">,
  topic: string,
  messages: readonly PartitionedMessage[],
): Promise<void> {
  for (let start = 0; start < messages.length; start += CHUNK) {
    const chunk = messages.slice(start, start + CHUNK);
    const acknowledged = await sender.send(topic, chunk);
    if (!chunk.every(({ partition }) => acknowledged.has(partition)))
      throw new Error(`Kafka did not acknowledge records for ${topic}`);
  }
}

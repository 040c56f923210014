/** Reading a stretch of the claim log from outside the workers' group: for audits, and after a restore of MySQL. */
import type { EachBatchPayload, KafkaMessage } from "kafkajs";
import type { LogHistory, TimedRecord } from "#server/coupon/ports";
import type { KafkaConnection } from "./client.ts";
import { toLogRecord } from "./log-record.ts";

/** The offset of each partition's first record that is left, and of the next one to come. */
export type LogSpan = Map<number, { start: bigint; end: bigint }>;

/** The log gave nothing for this long although there is more to read. */
const SILENCE_MAX_MS = 30_000;
const FETCH_WAIT_MS = 100;
const CHUNK_MAX = 1_000;

type Reading = Pick<KafkaConnection, "newClient" | "withAdmin">;

/** What the topic holds now. */
export async function logSpan(kafka: Reading, topic: string): Promise<LogSpan> {
  const partitions = await kafka.withAdmin("reading the log's ends", (admin) =>
    admin.fetchTopicOffsets(topic),
  );
  return new Map(
    partitions.map(({ partition, low, high }) => [partition, { start: BigInt(low), end: BigInt(high) }]),
  );
}

export function kafkaLogHistory(kafka: Reading): LogHistory {
  return {
    async read(topic, onRecords) {
      const span = await logSpan(kafka, topic);
      await readLog(kafka, { topic, span }, onRecords);
      return span.size;
    },
  };
}

/**
 * Every record of the span, once each, by a consumer group that exists only for this call: of one partition at a time
 * in the order of the offsets, at most 1,000 at once.
 * @throws what `onRecords` throws, or an error when the log falls silent before its end
 */
export async function readLog(
  kafka: Reading,
  { topic, span }: { topic: string; span: LogSpan },
  onRecords: (records: readonly TimedRecord[]) => Promise<void>,
): Promise<void> {
  const left = new Map(
    [...span].filter(([, { start, end }]) => start < end).map(([key, part]) => [key, { ...part }]),
  );
  if (left.size === 0) return;
  const groupId = `sunchak-reader-${crypto.randomUUID()}`;
  const consumer = kafka
    .newClient()
    .consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: FETCH_WAIT_MS });
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => undefined);
  const alarm = silenceAlarm(() => done.reject(new Error(`${topic} could not be read to its end`)));

  async function take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const part = left.get(batch.partition);
    if (!part) return;
    // What was fetched before a seek comes a second time behind it.
    const messages = batch.messages.filter(
      ({ offset }) => part.start <= BigInt(offset) && BigInt(offset) < part.end,
    );
    for (let first = 0; first < messages.length; first += CHUNK_MAX) {
      const chunk = messages.slice(first, first + CHUNK_MAX);
      await onRecords(chunk.map((message) => timedRecord({ topic, partition: batch.partition }, message)));
      await payload.heartbeat();
      alarm.restart();
    }
    const next = BigInt(batch.lastOffset()) + 1n;
    if (next > part.start) part.start = next;
    if (part.start >= part.end) left.delete(batch.partition);
    if (left.size === 0) done.resolve();
  }

  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    // Errors stay out of kafkajs, which would try the batch again.
    await consumer.run({ autoCommit: false, eachBatch: (payload) => take(payload).catch(done.reject) });
    // Only a running consumer can be sent elsewhere.
    for (const [partition, { start }] of left) consumer.seek({ topic, partition, offset: String(start) });
    await done.promise;
  } finally {
    alarm.end();
    await consumer.disconnect();
    await kafka
      .withAdmin("forgetting the group", (admin) => admin.deleteGroups([groupId]))
      .catch(() => undefined);
  }
}

function silenceAlarm(ring: () => void): { restart(): void; end(): void } {
  let timer = setTimeout(ring, SILENCE_MAX_MS);
  return {
    restart() {
      clearTimeout(timer);
      timer = setTimeout(ring, SILENCE_MAX_MS);
    },
    end: () => clearTimeout(timer),
  };
}

function timedRecord(source: { topic: string; partition: number }, message: KafkaMessage): TimedRecord {
  return { ...toLogRecord(source, message), appendedAtMs: Number(message.timestamp) };
}

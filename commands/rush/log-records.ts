/** Reading the claim log itself: the records that a rush has left there. */
import { type ClaimRecord, parseRecord } from "#server/coupon/claim-record";
import type { KafkaConnection } from "#server/kafka/client";
import { CommandError } from "../lib/run-command.ts";

/** The next offset of each partition: where reading begins, or ends. */
export type LogEnd = { topic: string; offsets: Map<number, bigint> };

const READ_TIMEOUT_MS = 60_000;

export async function logEnd(kafka: KafkaConnection, topic: string): Promise<LogEnd> {
  const partitions = await kafka.withAdmin("reading the log's end", (admin) =>
    admin.fetchTopicOffsets(topic),
  );
  return { topic, offsets: new Map(partitions.map(({ partition, high }) => [partition, BigInt(high)])) };
}

/**
 * Every claim record of the event between the two ends, by a consumer group that exists only for this call.
 * @param span.from offsets of another topic count as none: the log is then read from its beginning
 * @throws CommandError when the log does not give them in time
 */
export async function readRecords(
  kafka: KafkaConnection,
  span: { from: LogEnd; to: LogEnd; eventId: number },
): Promise<ClaimRecord[]> {
  const { from, to, eventId } = span;
  const { topic } = to;
  const left = new Map<number, { start: bigint; end: bigint }>();
  for (const [partition, end] of to.offsets) {
    const start = (from.topic === topic ? from.offsets.get(partition) : undefined) ?? 0n;
    if (start < end) left.set(partition, { start, end });
  }
  const records: ClaimRecord[] = [];
  if (left.size === 0) return records;

  const groupId = `sunchak-rush-${crypto.randomUUID()}`;
  const consumer = kafka
    .newClient()
    .consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 100 });
  const done = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => done.reject(new CommandError("the claim log could not be read to its end")),
    READ_TIMEOUT_MS,
  );
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const part = left.get(batch.partition);
        if (part === undefined) return;
        for (const message of batch.messages) {
          if (!isWithin(part, BigInt(message.offset))) continue;
          const parsed = parseRecord(message.value?.toString("utf8") ?? null);
          if (parsed.kind === "claim" && parsed.record.couponEventId === eventId) records.push(parsed.record);
        }
        if (BigInt(batch.lastOffset()) + 1n >= part.end) left.delete(batch.partition);
        if (left.size === 0) done.resolve();
      },
    });
    // Only a running consumer can be sent elsewhere; what it fetched before that is left out above.
    for (const [partition, { start }] of left) consumer.seek({ topic, partition, offset: String(start) });
    await done.promise;
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
    await kafka
      .withAdmin("forgetting the group", (admin) => admin.deleteGroups([groupId]))
      .catch(() => undefined);
  }
  return records;
}

function isWithin({ start, end }: { start: bigint; end: bigint }, offset: bigint): boolean {
  return start <= offset && offset < end;
}

/** The claim records that a rush has left in the log. */
import { type ClaimRecord, parseRecord } from "#server/coupon/claim-record";
import type { KafkaConnection } from "#server/kafka/client";
import { type LogSpan, logSpan, readLog } from "#server/kafka/log-reader";
import { CommandError } from "../lib/run-command.ts";

/** The topic as it was at a moment. */
export type LogSnapshot = { topic: string; span: LogSpan };

export async function logSnapshot(kafka: KafkaConnection, topic: string): Promise<LogSnapshot> {
  return { topic, span: await logSpan(kafka, topic) };
}

/**
 * Every claim record of the event from one moment to another.
 * @param call.from of another topic counts as none: the log is then read from its beginning
 * @throws CommandError when the log does not give them
 */
export async function readRecords(
  kafka: KafkaConnection,
  { from, to, eventId }: { from: LogSnapshot; to: LogSnapshot; eventId: number },
): Promise<ClaimRecord[]> {
  const span: LogSpan = new Map();
  for (const [partition, { start, end }] of to.span) {
    const before = from.topic === to.topic ? from.span.get(partition)?.end : undefined;
    span.set(partition, { start: before ?? start, end });
  }
  const records: ClaimRecord[] = [];
  try {
    await readLog(kafka, { topic: to.topic, span }, async (found) => {
      for (const { value } of found) {
        const parsed = parseRecord(value);
        if (parsed.kind === "claim" && parsed.record.couponEventId === eventId) records.push(parsed.record);
      }
    });
  } catch (error) {
    throw new CommandError(`the claim log could not be read: ${(error as Error).message}`);
  }
  return records;
}

/** How far the workers have read the claim log: a record that they have passed is a row or accounted for. */
import { CannotCompareError } from "./errors.ts";
import { type Clock, type GateEpoch, type LogProgress, type LogTopic, mergeTopics } from "./ports.ts";

const POLL_MS = 200;

export type LogWait = { logWaitMs: number; signal: AbortSignal };

/** Every topic that may hold records: those with readers, and the epoch's own. */
export function topicsOf(gate: GateEpoch, read: readonly LogTopic[]): LogTopic[] {
  return mergeTopics([...read, gate]);
}

/**
 * Resolves when the workers have passed everything that the log held at the call.
 * @throws CannotCompareError when that takes too long, or what a port throws
 */
export async function untilLogIsRead(
  { progress, clock }: { progress: LogProgress; clock: Clock },
  topics: readonly LogTopic[],
  { logWaitMs, signal }: LogWait,
): Promise<void> {
  const ends = await Promise.all(topics.map((topic) => progress.endOffsets(topic)));
  const untilMs = clock.monotonicMs() + logWaitMs;
  while (!(await havePassed(progress, topics, ends))) {
    signal.throwIfAborted();
    if (clock.monotonicMs() >= untilMs)
      throw new CannotCompareError("the workers have not read the claim log to its end");
    await clock.sleep(POLL_MS, signal);
  }
}

/** Whether the workers have passed everything that the log holds now. */
export async function isLogRead(progress: LogProgress, topics: readonly LogTopic[]): Promise<boolean> {
  const ends = await Promise.all(topics.map((topic) => progress.endOffsets(topic)));
  return await havePassed(progress, topics, ends);
}

async function havePassed(
  progress: LogProgress,
  topics: readonly LogTopic[],
  ends: readonly bigint[][],
): Promise<boolean> {
  const committed = await Promise.all(topics.map((topic) => progress.committedOffsets(topic)));
  return ends.every((topic, index) =>
    topic.every((end, partition) => (committed[index]?.[partition] ?? 0n) >= end),
  );
}

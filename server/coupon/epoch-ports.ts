/** Ports of the epoch: which generation of the gate is the current one, and the topic that belongs to it. */

/** A topic of the claim log. */
export type LogTopic = { topic: string; partitions: number };

/** Each topic once, with the largest number of partitions that it was named with, in the order of their first mention. */
export function mergeTopics(named: readonly LogTopic[]): LogTopic[] {
  const topics = new Map<string, number>();
  for (const { topic, partitions } of named) topics.set(topic, Math.max(partitions, topics.get(topic) ?? 0));
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

/** The generation of the gate, with the topic and the number of partitions that belong to it. 0: none yet. */
export type GateEpoch = LogTopic & { epoch: number };

export interface EpochSource {
  /** The current epoch, from the primary, outside any transaction. Bounded in time; throws when it cannot be read. */
  currentEpoch(): Promise<GateEpoch>;
}

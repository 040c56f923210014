/** Which topics the worker reads, and the consumer that reads them, started again whenever they change. */
import type { Clock, EpochStore, Reporter } from "#server/coupon/ports";

/** A new epoch's markers wait for their reader, so a changed topic should be noticed soon. */
const LOOK_EVERY_MS = 1000;

/** How a consumer ends that nobody stopped. */
export type OnConsumerEnd = { lost: (error: Error) => void; crash: (error: Error) => void };
export type RunningConsumer = { stop(): Promise<void> };

/**
 * Reads the epoch's topic and every topic that ever had a reader: all of them may hold records of winners.
 * Before the first epoch it waits for the guardian to create one.
 * @returns after the signal, when the consumer has finished its batch
 * @throws what the consumer crashed with, unless only Kafka was lost: then the next look starts another one
 */
export async function followLog(options: {
  epochs: Pick<EpochStore, "currentEpoch" | "logTopics">;
  consume: (topics: string[], on: OnConsumerEnd) => RunningConsumer;
  signal: AbortSignal;
  clock: Clock;
  reporter: Reporter;
}): Promise<void> {
  const { epochs, consume, signal, clock, reporter } = options;
  const crashed = Promise.withResolvers<never>();
  crashed.promise.catch(() => undefined);
  let runningKey = "";
  let consumer: RunningConsumer = { stop: async () => undefined };

  async function look(): Promise<void> {
    const wanted = await topicsToRead(epochs).catch(() => null);
    // Not knowing is no reason to stop reading: what is running stays as it is.
    if (wanted === null || wanted.topics.length === 0 || wanted.key === runningKey || signal.aborted) return;
    await consumer.stop();
    reporter.info("reading the claim log", { topics: wanted.topics });
    runningKey = wanted.key;
    consumer = consume(wanted.topics, { lost, crash: crashed.reject });
  }

  function lost(error: Error): void {
    reporter.warn("the consumer gave Kafka up; another one is started", { error });
    runningKey = "";
  }

  try {
    while (!signal.aborted) {
      await look();
      await Promise.race([clock.sleep(LOOK_EVERY_MS, signal), crashed.promise]);
    }
  } finally {
    await consumer.stop();
  }
}

/** The key also names the epoch's number of partitions: a reader sees added ones only after a new start. */
async function topicsToRead(
  epochs: Pick<EpochStore, "currentEpoch" | "logTopics">,
): Promise<{ key: string; topics: string[] }> {
  const { topic, partitions } = await epochs.currentEpoch();
  const earlier = (await epochs.logTopics()).map((log) => log.topic);
  const topics = [...new Set([topic, ...earlier])].filter((name) => name !== "").sort();
  return { topics, key: `${topics.join(",")} ${partitions}` };
}

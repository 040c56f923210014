/** The worker's side of the claim log: batches in the order of their offsets, committed only when they are handled. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, EachBatchPayload, KafkaMessage } from "kafkajs";
import type { LogRecord } from "#server/coupon/ports";
import { type KafkaConnection, type Log, SHORT_RETRY } from "./client.ts";
import { withDeadline } from "./deadline.ts";
import { toLogRecord } from "./log-record.ts";
import { retryLater } from "./retry-later.ts";

export type ClaimLogConsumer = {
  /** Stops fetching, lets the chunk in hand finish and commit, leaves the group, disconnects. Never rejects. */
  stop(): Promise<void>;
};

export type ConsumeOptions = {
  kafka: Pick<KafkaConnection, "newClient">;
  group: string;
  topics: string[];
  /**
   * Gets records of one partition in the order of their offsets, at most 1,000. While it works, the process keeps
   * its place in the group. When it throws, the same records come again after a pause; none is ever skipped.
   */
  handle: (records: LogRecord[]) => Promise<void>;
  log: Log;
  /** kafkajs has given up on a Kafka that was away or not itself: a new consumer may find it well again. */
  onLost: (error: Error) => void;
  /** Something else is wrong: the process should end with 1 and be started again. */
  onCrash: (error: Error) => void;
};

/** A killed worker's partitions wait this long; brokers accept nothing shorter by default. */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/** How long a rebalance waits for a worker that still handles its chunk. */
const REBALANCE_TIMEOUT_MS = 20_000;
/**
 * How long the broker holds a fetch while there is little to read: also how long an idle stop takes, and how much later
 * a lonely coupon is written.
 */
const FETCH_WAIT_MS = 250;
/** About 300 records of each of four partitions: a transaction for the few of one millisecond costs nearly as much. */
const FETCH_BYTES_MIN = 256 * 1024;
const CHUNK_MAX = 1_000;
/** Partitions handled side by side; each takes a connection to MySQL. */
const CONCURRENCY = 4;
const CONNECT_RETRY_MS = 500;
const DISCONNECT_DEADLINE_MS = 3_000;

/** Starts in the background, and tries again while Kafka or a topic is not there yet. */
export function consumeClaimLog(options: ConsumeOptions): ClaimLogConsumer {
  const { log } = options;
  const onEnd = endOf(options);
  const stopping = new AbortController();
  const consumer = options.kafka.newClient().consumer({
    groupId: options.group,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    minBytes: FETCH_BYTES_MIN,
    allowAutoTopicCreation: false,
    // Without the question kafkajs would start a consumer again that is just being stopped.
    retry: { ...SHORT_RETRY, retries: 5, restartOnFailure: async () => !stopping.signal.aborted },
  });
  reportCrashes(consumer, { log, onEnd, signal: stopping.signal });

  const retry = retryLater({ log });
  const eachBatch = (payload: EachBatchPayload) => handleInChunks(payload, options.handle, retry);
  const started = start(consumer, options, eachBatch, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await started;
      // Resolves when the chunk in hand is handled and committed.
      await consumer.stop().catch(() => {});
      retry.stop();
      await withDeadline(consumer.disconnect(), DISCONNECT_DEADLINE_MS, "disconnecting").catch(() => {});
    },
  };
}

/** Some errors of kafkajs count as final for it, such as a broker that knows no coordinator just after a freeze. */
function endOf({ onLost, onCrash }: ConsumeOptions): (error: Error) => void {
  return (error) => (error.name.startsWith("KafkaJS") ? onLost : onCrash)(error);
}

/** An outage is said once, however often kafkajs starts again meanwhile. */
function reportCrashes(
  consumer: Consumer,
  { log, onEnd, signal }: { log: Log; onEnd: (error: Error) => void; signal: AbortSignal },
): void {
  let isLost = false;
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (signal.aborted) return;
    if (!payload.restart) return onEnd(payload.error);
    if (!isLost)
      log.warn("the consumer lost Kafka and tries to join again", { error: payload.error.message });
    isLost = true;
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    log.info("the consumer joined its group", { partitions: payload.memberAssignment });
    isLost = false;
  });
}

async function start(
  consumer: Consumer,
  options: ConsumeOptions,
  eachBatch: (payload: EachBatchPayload) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { topics, log } = options;
  while (!signal.aborted) {
    try {
      await consumer.connect();
      // Claims that were written before this group existed are claims as well.
      await consumer.subscribe({ topics, fromBeginning: true });
      break;
    } catch (cause) {
      log.warn("the claim log cannot be read yet", { topics, error: (cause as Error).message });
      await sleep(CONNECT_RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
  if (signal.aborted) return;
  await consumer
    .run({
      eachBatch,
      eachBatchAutoResolve: false,
      autoCommit: false,
      partitionsConsumedConcurrently: CONCURRENCY,
    })
    .catch(endOf(options));
}

async function handleInChunks(
  payload: EachBatchPayload,
  handle: ConsumeOptions["handle"],
  retry: ReturnType<typeof retryLater>,
): Promise<void> {
  const { batch, isRunning, isStale } = payload;
  const source = { topic: batch.topic, partition: batch.partition };
  for (let start = 0; start < batch.messages.length; start += CHUNK_MAX) {
    if (!isRunning() || isStale()) return;
    const chunk = batch.messages.slice(start, start + CHUNK_MAX);
    const records = chunk.map((message) => toLogRecord(source, message));
    try {
      await whileBeating(payload.heartbeat, () => handle(records));
    } catch (cause) {
      // Kept from kafkajs, which stops the consumer for good on some kinds of errors.
      retry.failed(payload, cause);
      return;
    }
    retry.succeeded(payload);
    await commit(payload, chunk);
  }
}

/**
 * After the handler, whose transaction is committed by now: the other way round, a crash between the two would
 * lose the chunk. Offsets that are given are committed at once, whatever `autoCommit` says.
 */
async function commit(payload: EachBatchPayload, chunk: KafkaMessage[]): Promise<void> {
  const last = chunk.at(-1);
  if (!last) return;
  const { topic, partition } = payload.batch;
  const next = String(BigInt(last.offset) + 1n);
  await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: next }] }] });
  payload.resolveOffset(last.offset);
}

/** A transaction may take longer than the session: without heartbeats the group would give the partition away. */
async function whileBeating<T>(heartbeat: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  // A rebalance shows here as an error; the work is finished all the same, and the commit decides.
  const timer = setInterval(() => heartbeat().catch(() => {}), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** What becomes of a batch whose handler threw: its partition rests for a while, and the same records come again. */
import type { EachBatchPayload } from "kafkajs";
import type { Log } from "./client.ts";

const FIRST_PAUSE_MS = 200;
/** A pending claim should be decided within seconds of the database's return. */
const PAUSE_MAX_MS = 3_000;

/**
 * Pausing returns at once, so heartbeats and the other partitions go on; and since the offset was not resolved,
 * the next fetch begins with the record that failed.
 */
export function retryLater({ log }: { log: Log }) {
  const failures = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  return {
    succeeded({ batch }: EachBatchPayload): void {
      failures.delete(`${batch.topic}/${batch.partition}`);
    },

    failed({ batch, pause }: EachBatchPayload, cause: unknown): void {
      const { topic, partition } = batch;
      const attempt = (failures.get(`${topic}/${partition}`) ?? 0) + 1;
      failures.set(`${topic}/${partition}`, attempt);
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), PAUSE_MAX_MS);
      log.warn("a batch of the claim log was not handled and comes again", {
        topic,
        partition,
        attempt,
        pauseMs,
        error: reasonOf(cause),
      });
      const resume = pause();
      const timer = setTimeout(() => {
        timers.delete(timer);
        resume();
      }, pauseMs);
      timers.add(timer);
    },

    stop(): void {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

const REASON_LENGTH_MAX = 300;

/** The innermost cause says what happened; what wraps it may repeat a statement with a thousand rows. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.cause !== undefined) return reasonOf(error.cause);
  return String(error).slice(0, REASON_LENGTH_MAX);
}

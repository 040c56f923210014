/**
 * Waiting for a bounded time, by the thousand: waits of one length fall due in the order in which they began, so one
 * timer serves all of them. A timer and an abort signal for each claim cost more than its place in a batch.
 */
import type { Clock } from "./ports.ts";

export interface Patience {
  /** The result, or what `late` gives when the time is over first. Rejects with whatever the result rejects with. */
  within<T>(result: Promise<T>, late: () => T): Promise<T>;
}

type Wait = { dueMs: number; end: () => void };

/** @param ms how long each wait takes at most */
export function createPatience(clock: Clock, ms: number): Patience {
  /** in the order in which they fall due */
  const waits = new Set<Wait>();
  let idle = new AbortController();
  let watching = false;

  async function watch(): Promise<void> {
    watching = true;
    idle = new AbortController();
    for (let [next] = waits; next !== undefined; [next] = waits) {
      await clock.sleep(next.dueMs - clock.monotonicMs(), idle.signal);
      const nowMs = clock.monotonicMs();
      for (const wait of waits) {
        if (wait.dueMs > nowMs) break;
        waits.delete(wait);
        wait.end();
      }
      if (idle.signal.aborted) idle = new AbortController();
    }
    watching = false;
  }

  function done(wait: Wait): void {
    waits.delete(wait);
    // Nothing is waited for any more: no timer may keep a process from ending.
    if (waits.size === 0) idle.abort();
  }

  return {
    within(result, late) {
      return new Promise((resolve, reject) => {
        const wait: Wait = { dueMs: clock.monotonicMs() + ms, end: () => resolve(late()) };
        waits.add(wait);
        if (!watching) void watch();
        result.then(
          (value) => {
            done(wait);
            resolve(value);
          },
          (error: unknown) => {
            done(wait);
            reject(error);
          },
        );
      });
    },
  };
}

/**
 * Waiting for a bounded time, by the thousand: waits of one length fall due in the order in which they began, so one
 * timer serves all of them. A timer and an abort signal for each claim cost more than its place in a batch.
 */
import type { Clock } from "./ports.ts";

export interface Patience {
  /** The result, or what `late` gives when the time is over first. Rejects with whatever the result rejects with. */
  within<T>(result: Promise<T>, late: () => T): Promise<T>;
}

/** `end` is null when it is over, one way or the other: nothing of it is kept until its time would have come. */
type Wait = { dueMs: number; end: (() => void) | null };

/** So many that are over may stand in front of the first one that is not. */
const OVER_MAX = 1000;

/** @param ms how long each wait takes at most */
export function createPatience(clock: Clock, ms: number): Patience {
  /** In the order in which they fall due; those before `first` are over. No Set (docs/decisions/0022). */
  let waits: Wait[] = [];
  let first = 0;
  let open = 0;
  let idle = new AbortController();
  let watching = false;

  /** @returns undefined when nothing is waited for */
  function nextDue(): Wait | undefined {
    while (waits[first]?.end === null) first += 1;
    if (first > OVER_MAX) {
      waits = waits.slice(first);
      first = 0;
    }
    return waits[first];
  }

  async function watch(): Promise<void> {
    watching = true;
    idle = new AbortController();
    for (let next = nextDue(); next !== undefined; next = nextDue()) {
      await clock.sleep(next.dueMs - clock.monotonicMs(), idle.signal);
      const nowMs = clock.monotonicMs();
      for (let due = nextDue(); due !== undefined && due.dueMs <= nowMs; due = nextDue()) {
        const { end } = due;
        done(due);
        end?.();
      }
      if (idle.signal.aborted) idle = new AbortController();
    }
    watching = false;
  }

  function done(wait: Wait): void {
    if (wait.end === null) return;
    wait.end = null;
    open -= 1;
    // Nothing is waited for any more: no timer may keep a process from ending.
    if (open === 0) idle.abort();
  }

  return {
    within(result, late) {
      return new Promise((resolve, reject) => {
        const wait: Wait = { dueMs: clock.monotonicMs() + ms, end: () => resolve(late()) };
        nextDue();
        waits.push(wait);
        open += 1;
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

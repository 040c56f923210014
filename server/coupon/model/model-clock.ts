/** A clock that moves only when told to; sleepers wake in the order of their times. */
import type { Clock } from "../ports.ts";

export type ModelClock = Clock & {
  /** Moves both clocks on, waking sleepers on the way; lets everything they cause settle. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock alone, as an operator or a broken time server does. */
  shiftWall(ms: number): void;
};

export function modelClock(startMs = Date.UTC(2026, 0, 1)): ModelClock {
  let nowMs = 0;
  let wallOffsetMs = startMs;
  const sleepers = new Set<{ atMs: number; wake: () => void }>();

  return {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs + wallOffsetMs,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper = { atMs: nowMs + ms, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        sleepers.delete(sleeper);
        resolve();
      });
      return promise;
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await settle();
        const next = [...sleepers].sort((a, b) => a.atMs - b.atMs)[0];
        if (!next || next.atMs > untilMs) break;
        nowMs = Math.max(nowMs, next.atMs);
        sleepers.delete(next);
        next.wake();
      }
      nowMs = untilMs;
      await settle();
    },
    shiftWall(ms) {
      wallOffsetMs += ms;
    },
  };
}

/** Lets every promise that can go on without time passing do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

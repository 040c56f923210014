/** The real clock, for the roots. Everything below them gets time as an argument. */
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "#server/coupon/ports";

export function systemClock(): Clock {
  return {
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now(),
    sleep: async (ms, signal) => {
      // The only way in which this promise rejects is the abort, and that means: stop waiting.
      await delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
    },
  };
}

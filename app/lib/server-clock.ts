/**
 * The server's time in the browser, from measured round trips and the monotonic clock only: a wrong device
 * clock changes nothing. It never runs backwards and, while the page is watched, never jumps.
 */

/** One round trip: the server read its clock somewhere between `sentAt` and `receivedAt`. */
export type ClockSample = {
  /** milliseconds of the monotonic clock (performance.now) */
  sentAt: number;
  receivedAt: number;
  /** UTC milliseconds since 1970 */
  serverTime: number;
};

export interface ServerClock {
  /** Takes one round trip in; the shortest one so far is believed. */
  add(sample: ClockSample): void;
  /** The server's time in UTC milliseconds, or null before the first sample. */
  now(): number | null;
}

type Offset = { middle: number; error: number };

/** While the estimate improves, the shown time runs at most this much faster or slower than real time. */
const SLEW_RATE = 0.25;
/** Rounding of both clocks. Two samples that contradict each other by more than this prove a clock stood still. */
const ROUNDING_MS = 2;
/** A sample grows less certain with age: crystals drift by up to about 100 parts per million. */
const DRIFT_RATE = 0.0001;

/**
 * A clock on top of a monotonic one.
 *
 * Every sample bounds the offset to `serverTime - receivedAt … serverTime - sentAt`, so the shortest round
 * trip gives the narrowest bounds (Cristian's algorithm). When a sample lies outside the bounds of the best
 * one, the monotonic clock stood still in between (a phone that slept): the new sample replaces the old.
 *
 * @param monotonicNow milliseconds that never go back, such as performance.now
 */
export function serverClock(monotonicNow: () => number): ServerClock {
  let best: (Offset & { takenAt: number }) | null = null;
  let shown: { offset: number; at: number; time: number } | null = null;

  function errorNow(at: number): number {
    return best === null ? Number.POSITIVE_INFINITY : best.error + (at - best.takenAt) * DRIFT_RATE;
  }

  return {
    add(sample) {
      const offset = offsetOf(sample);
      const contradicts =
        best !== null &&
        Math.abs(offset.middle - best.middle) > offset.error + errorNow(sample.receivedAt) + ROUNDING_MS;
      if (!contradicts && offset.error >= errorNow(sample.receivedAt)) return;
      best = { ...offset, takenAt: sample.receivedAt };
      if (contradicts) shown = null;
    },
    now() {
      if (best === null) return null;
      const at = monotonicNow();
      if (shown === null) {
        shown = { offset: best.middle, at, time: at + best.middle };
        return shown.time;
      }
      const stepMax = (at - shown.at) * SLEW_RATE;
      const offset = shown.offset + clamp(best.middle - shown.offset, -stepMax, stepMax);
      shown = { offset, at, time: Math.max(shown.time, at + offset) };
      return shown.time;
    },
  };
}

function offsetOf(sample: ClockSample): Offset {
  const middle = (sample.sentAt + sample.receivedAt) / 2;
  return { middle: sample.serverTime - middle, error: (sample.receivedAt - sample.sentAt) / 2 };
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/** How old something is, by both clocks: the monotonic one may stand still while a machine sleeps, the wall clock may be set. */
import type { Clock } from "./ports.ts";

export type Moment = { monotonicMs: number; wallMs: number };

export function momentOf(clock: Clock): Moment {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
}

/** Whether neither clock says that `maxMs` have passed since then. */
export function isYoungerThan(maxMs: number, since: Moment, clock: Clock): boolean {
  const monotonicAge = clock.monotonicMs() - since.monotonicMs;
  const wallAge = clock.wallMs() - since.wallMs;
  return monotonicAge < maxMs && wallAge < maxMs && wallAge > -maxMs;
}

/** The time that is left until an event opens, cut into the parts that a page shows. */

const SECOND_MS = 1_000;

export type TimeLeft = { days: number; hours: number; minutes: number; seconds: number };

/** Whole seconds, rounded up: the countdown shows 1 until the moment has come, and 0 means "now". */
export function timeLeft(untilMs: number): TimeLeft {
  const total = Math.max(0, Math.ceil(untilMs / SECOND_MS));
  return {
    days: Math.floor(total / 86_400),
    hours: Math.floor((total % 86_400) / 3_600),
    minutes: Math.floor((total % 3_600) / 60),
    seconds: total % 60,
  };
}

/** The seconds left at which a screen reader hears the countdown; every second would drown everything else. */
const MILESTONES_SECONDS = [3_600, 600, 300, 60, 30, 10] as const;

/** The smallest milestone that has been reached, in seconds, or null while the first is still ahead. */
export function milestone(untilMs: number): number | null {
  const seconds = Math.ceil(untilMs / SECOND_MS);
  if (seconds <= 0) return null;
  return MILESTONES_SECONDS.findLast((step) => seconds <= step) ?? null;
}

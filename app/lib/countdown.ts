/** The time that is left until an event opens, cut into the parts that a page shows. */
import type { Translate } from "./messages.ts";

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

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const MINUTE_S = 60;

/** A hint at an opening within the day, or null when it is further away. */
export function soonText(t: Translate, untilMs: number): string | null {
  const total = Math.ceil(untilMs / SECOND_MS);
  if (total <= 0 || total > DAY_S) return null;
  const minutes = Math.floor((total % HOUR_S) / MINUTE_S);
  if (total >= HOUR_S) return t("countdown.soon_hours", { hours: Math.floor(total / HOUR_S), minutes });
  if (total >= MINUTE_S) return t("countdown.soon_minutes", { minutes, seconds: total % MINUTE_S });
  return t("countdown.soon_seconds", { seconds: total });
}

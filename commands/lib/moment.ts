/** Moments as operators type them: ISO 8601 with an offset, or counted from now. */
import { UsageError } from "./usage.ts";

/** Now is the gate's now, which is known only once Redis is connected; so "in two hours" stays that until then. */
export type Moment = { atMs: number } | { inMs: number };

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const RELATIVE = /^\+(\d{1,9})([smhd])$/;
const ABSOLUTE = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
/** Whoever counts further than this has mistyped. */
const RELATIVE_MAX_MS = 36_525 * UNIT_MS.d;

/**
 * @param option the name of the option, for the sentence
 * @throws UsageError, also for a date without an offset: nobody can say which hour it means
 */
export function parseMoment(option: string, text: string): Moment {
  const moment = relative(text) ?? absolute(text);
  if (moment === null)
    throw new UsageError(
      `${option} "${text}" is no moment: give a date with an offset such as 2030-01-31T10:00:00+09:00, or +30s, +15m, +2h, +7d`,
    );
  if ("inMs" in moment && moment.inMs > RELATIVE_MAX_MS)
    throw new UsageError(`${option} "${text}" is more than a hundred years away`);
  return moment;
}

/** @returns UTC milliseconds */
export function momentMs(moment: Moment, nowMs: number): number {
  return "atMs" in moment ? moment.atMs : nowMs + moment.inMs;
}

function relative(text: string): Moment | null {
  const [, amount, unit] = RELATIVE.exec(text) ?? [];
  return amount === undefined ? null : { inMs: Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS] };
}

function absolute(text: string): Moment | null {
  const [, date] = ABSOLUTE.exec(text) ?? [];
  if (date === undefined) return null;
  // Date.parse turns 30 February into 1 March; a day that does not exist must be refused instead.
  const dayMs = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== date) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) || atMs < 0 ? null : { atMs };
}

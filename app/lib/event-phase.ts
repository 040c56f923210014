/** What an event page shows at one moment, between two answers of the server. */
import type { EventState, EventView } from "./api.ts";

/**
 * The event's state at the server's time `now`. The last answer may be a second old: a scheduled event
 * opens, and an open one closes, at its own moment and not at the next answer.
 *
 * @param now UTC milliseconds of the server, or null while they are unknown
 */
export function phaseAt(event: EventView, now: number | null): EventState {
  if (now === null) return event.state;
  if (event.closesAt !== null && now >= Date.parse(event.closesAt)) return "closed";
  if (event.state === "scheduled" && now >= Date.parse(event.opensAt)) return "open";
  return event.state;
}

type Wait = { shortestMs: number; longestMs: number };

/** How long to wait until the next look. Spread out, so that a crowd's questions do not arrive together. */
const WAITS = {
  open: { shortestMs: 1_000, longestMs: 2_000 },
  // An operator may add stock or end the pause; a page that waits for that should notice it.
  sold_out: { shortestMs: 4_000, longestMs: 7_000 },
  paused: { shortestMs: 2_000, longestMs: 4_000 },
  scheduled: { shortestMs: 8_000, longestMs: 12_000 },
  closed: { shortestMs: 45_000, longestMs: 75_000 },
} as const satisfies Record<EventState, Wait>;

/** Shortly before the opening a few more round trips sharpen the clock. */
const SOON_MS = 60_000;
const WAIT_SOON: Wait = { shortestMs: 3_000, longestMs: 5_000 };

/** Milliseconds until the event should be looked at again. `random` is a number in 0 … 1. */
export function pollDelayMs(event: EventView, now: number | null, random: number): number {
  const phase = phaseAt(event, now);
  const untilOpening = now === null ? Number.POSITIVE_INFINITY : Date.parse(event.opensAt) - now;
  const wait = phase === "scheduled" && untilOpening < SOON_MS ? WAIT_SOON : WAITS[phase];
  return Math.round(wait.shortestMs + random * (wait.longestMs - wait.shortestMs));
}

/** Of two views the one that the gate said later: an answer that was long on its way never turns numbers back. */
export function laterView(view: EventView | undefined, other: EventView): EventView;
export function laterView(view: EventView, other: EventView | undefined): EventView;
export function laterView(view: EventView | undefined, other: EventView | undefined) {
  return view && other && other.asOf > view.asOf ? other : (view ?? other);
}

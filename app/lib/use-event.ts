"use client";
/** One event, kept fresh while somebody looks, and the server's clock that its answers measure. */
import { useRef } from "react";
import { isStale } from "./answers.ts";
import type { EventState, EventView } from "./api.ts";
import { laterView, phaseAt, pollDelayMs } from "./event-phase.ts";
import { api } from "./trpc.ts";
import { useQuery } from "./use-query.ts";
import { useServerClock } from "./use-server-clock.ts";
import { useServerNow } from "./use-server-now.ts";
import { useTold } from "./use-told.ts";

/** A countdown deserves more than one round trip: the first pays for the connection. */
const SAMPLES_FOR_COUNTDOWN = 4;
const SAMPLE_PAUSE_MS = 250;
/** Whoever hears of changes asks only to see that the connection is alive. */
const TOLD_FACTOR = 8;

export type LiveEvent = {
  event: EventView;
  /** the state at the server's present time */
  phase: EventState;
  /** UTC milliseconds of the server, null before the first measurement */
  now: number | null;
  /** when `event` arrived, by the browser's clock; 0 for the one that came with the page */
  fetchedAt: number;
  /** the last questions got no answer */
  stale: boolean;
};

/** Under this key pages share what they know about an event. */
export function eventKey(eventId: number) {
  return ["event", eventId];
}

export function useEvent(initial: EventView): LiveEvent {
  const { clock, measured } = useServerClock();
  const samples = useRef(0);
  const key = eventKey(initial.id);
  const { told, unlessOlder } = useTold(initial.id, key);
  const answer = useQuery({
    key,
    ask: async () => {
      samples.current += 1;
      const asked = await measured({
        ask: () => api.event.get.query({ eventId: initial.id }),
        serverTime: (event) => event.serverTime,
      });
      return unlessOlder(asked);
    },
    everyMs: ({ data = initial }) =>
      data.state === "scheduled" && samples.current < SAMPLES_FOR_COUNTDOWN
        ? SAMPLE_PAUSE_MS
        : pollDelayMs(data, clock.now(), Math.random()) * (told.current ? TOLD_FACTOR : 1),
  });
  // Who comes back to a page may remember an answer that is older than the page.
  const event = laterView(answer.data, initial);
  const now = useServerNow(clock, nextMoment(event));
  return {
    event,
    phase: phaseAt(event, now),
    now,
    fetchedAt: answer.arrivedAt,
    stale: isStale(answer),
  };
}

function nextMoment(event: EventView): number {
  return Date.parse(event.state === "scheduled" || event.closesAt === null ? event.opensAt : event.closesAt);
}

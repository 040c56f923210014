"use client";
/** One event, kept fresh while somebody looks, and the server's clock that its answers measure. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApi } from "#app/components/site/providers.tsx";
import type { EventState, EventView } from "./api.ts";
import { phaseAt, pollDelayMs } from "./event-phase.ts";
import { type ServerClock, serverClock } from "./server-clock.ts";
import { useServerNow } from "./use-server-now.ts";

/** A countdown deserves more than one round trip: the first pays for the connection. */
const SAMPLES_FOR_COUNTDOWN = 4;
const SAMPLE_PAUSE_MS = 250;

export type LiveEvent = {
  event: EventView;
  /** the state at the server's present time */
  phase: EventState;
  /** UTC milliseconds of the server, null before the first measurement */
  now: number | null;
  /** when `event` arrived, by the browser's clock; 0 for the one that came with the page */
  fetchedAt: number;
  /** the last question got no answer */
  stale: boolean;
  refresh: () => void;
};

export function useEvent(initial: EventView): LiveEvent {
  const api = useApi();
  const [clock] = useState(() => serverClock(() => performance.now()));
  // One number per page, not per question: a delay that changed with every render would never pass.
  const [random] = useState(Math.random);
  const query = useQuery({
    queryKey: ["event", initial.id],
    queryFn: () => measured(clock, () => api.event.get.query({ eventId: initial.id })),
    initialData: initial,
    initialDataUpdatedAt: 0,
    retry: false,
    refetchInterval: ({ state }) => pollDelayMs(state.data ?? initial, clock.now(), random),
  });
  const event = query.data;
  const now = useServerNow(clock, nextMoment(event));
  useCountdownSamples(event.state === "scheduled", query.refetch);
  return {
    event,
    phase: phaseAt(event, now),
    now,
    fetchedAt: query.dataUpdatedAt,
    stale: query.isError,
    refresh: () => void query.refetch(),
  };
}

async function measured(clock: ServerClock, ask: () => Promise<EventView>): Promise<EventView> {
  const sentAt = performance.now();
  const event = await ask();
  clock.add({ sentAt, receivedAt: performance.now(), serverTime: Date.parse(event.serverTime) });
  return event;
}

function nextMoment(event: EventView): number {
  return Date.parse(event.state === "scheduled" || event.closesAt === null ? event.opensAt : event.closesAt);
}

function useCountdownSamples(wanted: boolean, refetch: () => Promise<unknown>): void {
  useEffect(() => {
    if (!wanted) return;
    let timer: ReturnType<typeof setTimeout>;
    let left = SAMPLES_FOR_COUNTDOWN - 1;
    const sample = async () => {
      await refetch();
      if (left-- > 0) timer = setTimeout(sample, SAMPLE_PAUSE_MS);
    };
    timer = setTimeout(sample, SAMPLE_PAUSE_MS);
    return () => {
      left = 0;
      clearTimeout(timer);
    };
  }, [wanted, refetch]);
}

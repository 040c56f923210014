"use client";
/** All events, kept fresh while somebody looks, in their groups at the server's present time. */
import { isStale } from "./answers.ts";
import type { EventView } from "./api.ts";
import { type EventGroups, groupEvents } from "./event-groups.ts";
import { api } from "./trpc.ts";
import { useQuery } from "./use-query.ts";
import { useServerClock } from "./use-server-clock.ts";
import { useServerNow } from "./use-server-now.ts";

/** Spread, so that the visitors of a popular list do not ask together. */
const POLL_MS = { shortest: 5_000, spread: 5_000 };
/** The countdowns of a list tick together, on whole seconds of the server's time. */
const WHOLE_SECONDS = 0;

export type LiveEvents = { groups: EventGroups; now: number | null; stale: boolean };

export function useEvents(initial: readonly EventView[] = []): LiveEvents {
  const { clock, measured } = useServerClock();
  const answer = useQuery({
    key: ["events"],
    ask: () =>
      measured({ ask: () => api.event.list.query(), serverTime: ({ items }) => items[0]?.serverTime }),
    everyMs: () => POLL_MS.shortest + Math.random() * POLL_MS.spread,
  });
  const now = useServerNow(clock, WHOLE_SECONDS);
  return {
    groups: groupEvents(answer.data?.items ?? initial, now),
    now,
    stale: isStale(answer),
  };
}

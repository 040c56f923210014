/**
 * The views of event.live as tRPC's own handler takes them, one after the other. The front door writes its streams
 * by itself (server/http/live-stream.ts).
 */
import type { EventView } from "#server/coupon/list";
import type { LiveEvents } from "#server/coupon/live";
import { type EventViewJson, presentEvent } from "#server/event-json";

/** Well below the 30 s after which we, and the minute after which balancers, take a silent connection for dead. */
export const LIVE_PING_EVERY_MS = 12_000;

/** What tRPC's client is told at the start: after two pings that did not come the connection is dead. */
export const LIVE_CLIENT = { reconnectAfterInactivityMs: 30_000 };

export type LiveViews = AsyncIterable<EventViewJson> & { eventId: number };

/** @param options.signal aborted when the client is gone; a client that is slow gets the newest view alone */
export function liveViews(options: {
  live: LiveEvents;
  eventId: number;
  signal: AbortSignal | undefined;
}): LiveViews {
  return { eventId: options.eventId, [Symbol.asyncIterator]: () => views(options) };
}

/** A view as both lanes write it. */
export function writtenView(view: EventView): string {
  return JSON.stringify(presentEvent(view));
}

async function* views(options: Parameters<typeof liveViews>[0]): AsyncGenerator<EventViewJson, void> {
  const { live, eventId, signal } = options;
  let unheard: EventView | null = null;
  let ended = signal?.aborted ?? false;
  let wake = (): void => {};
  const listener = {
    hear(view: EventView) {
      unheard = view;
      wake();
      return true;
    },
    end() {
      ended = true;
      wake();
    },
  };
  signal?.addEventListener("abort", listener.end, { once: true });
  live.listen(eventId, listener);
  try {
    while (!ended) {
      const view: EventView | null = unheard;
      unheard = null;
      if (view !== null) yield presentEvent(view);
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    live.leave(eventId, listener);
  }
  // Not a return: to tRPC's client that would be the end of the subscription, and this is one of the connection.
  throw new DOMException("the stream ends", "AbortError");
}

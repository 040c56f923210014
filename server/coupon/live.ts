/**
 * Live numbers: whoever listens to an event is told each visible change. However many they are, the event is looked
 * at four times a second, and not at all while nobody listens.
 */
import type { Directory } from "./directory.ts";
import { TooManyListenersError, UnknownEventError } from "./errors.ts";
import { LISTENERS_MAX, LISTENERS_OF_EVENT_MAX, LISTENERS_TOLD_AT_ONCE, LIVE_EVERY_MS } from "./limits.ts";
import type { EventView, EventViews } from "./list.ts";
import type { Clock, Reporter } from "./ports.ts";

export interface Listener {
  /**
   * Gets the same object as all others: what is made of it can be made once.
   * @returns false when the listener is still busy with an earlier view; it keeps this one until it has time
   */
  hear(view: EventView): boolean;
  /** Nothing more will come. */
  end(): void;
}

export interface LiveEvents {
  /**
   * Whether one more may listen to this event.
   * @throws UnknownEventError; TooManyListenersError
   */
  admit(eventId: number): Promise<void>;
  /** The listener hears how things stand at the next look, and then each change. */
  listen(eventId: number, listener: Listener): void;
  leave(eventId: number, listener: Listener): void;
  /** Ends every listener, and admits nobody any more. */
  close(): void;
}

type Hub = {
  listeners: Set<Listener>;
  /** have heard nothing yet */
  newcomers: Set<Listener>;
  told: EventView | null;
  /** the last look found nobody who could say how many remain */
  inDoubt: boolean;
};

type Parts = {
  directory: Pick<Directory, "find">;
  views: Pick<EventViews, "get">;
  clock: Clock;
  reporter: Reporter;
  /** how many may listen; smaller in tests */
  max?: { all: number; ofEvent: number };
};

export function createLiveEvents(parts: Parts): LiveEvents {
  const { directory, views, clock, reporter } = parts;
  const { max = { all: LISTENERS_MAX, ofEvent: LISTENERS_OF_EVENT_MAX } } = parts;
  const hubs = new Map<number, Hub>();
  const closed = new AbortController();
  let count = 0;

  /** Looks at the event for as long as anybody listens. Never rejects. */
  async function follow(eventId: number, hub: Hub): Promise<void> {
    while (sizeOf(hub) > 0 && !closed.signal.aborted) {
      // An event that cannot be looked up just now has not changed as far as anyone knows.
      const view = await views.get(eventId).catch(() => null);
      if (view !== null) await tell(hub, view);
      await clock.sleep(LIVE_EVERY_MS, closed.signal);
    }
    hubs.delete(eventId);
  }

  async function tell(hub: Hub, view: EventView): Promise<void> {
    // A single reading gets lost in a rush now and then; numbers that come and go would flicker.
    const isDoubt = view.remaining === null && hub.told !== null && hub.told.remaining !== null;
    if (isDoubt && !hub.inDoubt) {
      hub.inDoubt = true;
      return;
    }
    hub.inDoubt = false;
    if (hub.told !== null && !looksTheSame(hub.told, view)) await tellAll(hub.listeners, view);
    await tellAll(hub.newcomers, view);
    for (const newcomer of hub.newcomers) hub.listeners.add(newcomer);
    hub.newcomers.clear();
    hub.told = view;
  }

  /** Also those who join meanwhile: a loop over a set visits them as well. */
  async function tellAll(listeners: ReadonlySet<Listener>, view: EventView): Promise<void> {
    let [taken, skipped] = [0, 0];
    for (const listener of listeners) {
      if (taken + skipped > 0 && (taken + skipped) % LISTENERS_TOLD_AT_ONCE === 0)
        await clock.sleep(0, closed.signal);
      if (listener.hear(view)) taken += 1;
      else skipped += 1;
    }
    reporter.count("live_frames", taken);
    reporter.count("live_skipped", skipped);
  }

  function counted(change: 1 | -1): void {
    count += change;
    reporter.gauge("live_listeners", count);
  }

  return {
    async admit(eventId) {
      const hub = hubs.get(eventId);
      const isFull = count >= max.all || (hub !== undefined && sizeOf(hub) >= max.ofEvent);
      if (isFull || closed.signal.aborted) {
        reporter.count("live_refused");
        throw new TooManyListenersError("too many are listening");
      }
      if ((await directory.find(eventId)) === null) throw new UnknownEventError(eventId);
    },
    listen(eventId, listener) {
      if (closed.signal.aborted) return listener.end();
      const followed = hubs.get(eventId);
      const hub = followed ?? { listeners: new Set(), newcomers: new Set(), told: null, inDoubt: false };
      hub.newcomers.add(listener);
      counted(1);
      if (followed !== undefined) return;
      hubs.set(eventId, hub);
      void follow(eventId, hub);
    },
    leave(eventId, listener) {
      const hub = hubs.get(eventId);
      if (hub?.listeners.delete(listener) || hub?.newcomers.delete(listener)) counted(-1);
    },
    close() {
      closed.abort();
      const everyone = [...hubs.values()].flatMap(({ listeners, newcomers }) => [...listeners, ...newcomers]);
      for (const listener of everyone) listener.end();
    },
  };
}

function sizeOf({ listeners, newcomers }: Hub): number {
  return listeners.size + newcomers.size;
}

/** Nothing that a page shows has changed. Whatever an operator sets comes with a new version. */
function looksTheSame(a: EventView, b: EventView): boolean {
  return a.state === b.state && a.remaining === b.remaining && a.event.version === b.event.version;
}

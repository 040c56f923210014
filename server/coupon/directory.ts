/** The events that a process knows, so that a claim on an unknown event ends without asking anyone's gate. */
import type { CouponEvent } from "./coupon-event.ts";
import { EVENT_LOOKUP_QUEUE_MAX, EVENT_LOOKUPS_AT_ONCE } from "./limits.ts";
import type { EventSource } from "./ports.ts";
import { selfClockedQueue } from "./self-clocked-queue.ts";

/** Archived events cannot change any more; this many are remembered. */
const ARCHIVED_MAX = 1000;

export interface Directory {
  /**
   * Events that are not archived, as of the last refresh.
   * @throws before the first one: an empty list would say that there are no events
   */
  list(): CouponEvent[];
  /** An event that is on the list or was looked up before. */
  known(eventId: number): CouponEvent | undefined;
  /**
   * At once for a known event. One that is not on the list is looked up, a few at a time, because it may have
   * been created since. @throws when the look-up fails or too many wait
   */
  find(eventId: number): Promise<CouponEvent | null>;
  /** Reads the list again; roots call it every second. */
  refresh(): Promise<void>;
}

export function createDirectory(options: { source: EventSource }): Directory {
  const { source } = options;
  const live = new Map<number, CouponEvent>();
  let everRead = false;
  const archived = new Map<number, CouponEvent>();
  const underWay = new Map<number, Promise<CouponEvent | null>>();

  const lookups = selfClockedQueue<number, CouponEvent | null>({
    run: (ids) => Promise.all(ids.map((id) => source.findEvent(id))),
    batchMax: EVENT_LOOKUPS_AT_ONCE,
    lengthMax: EVENT_LOOKUP_QUEUE_MAX,
  });

  async function lookUp(eventId: number): Promise<CouponEvent | null> {
    const ticket = lookups.push(eventId);
    if (!ticket) throw new Error("too many look-ups of unknown events are waiting");
    const found = await ticket.result;
    if (found) remember(found);
    return found;
  }

  function known(eventId: number): CouponEvent | undefined {
    return live.get(eventId) ?? archived.get(eventId);
  }

  function remember(event: CouponEvent): void {
    if (event.status !== "archived") {
      live.set(event.id, event);
      return;
    }
    live.delete(event.id);
    if (archived.size >= ARCHIVED_MAX) archived.delete(archived.keys().next().value as number);
    archived.set(event.id, event);
  }

  return {
    list() {
      if (!everRead) throw new Error("the events were not read yet");
      return [...live.values()];
    },
    known,
    async find(eventId) {
      const event = known(eventId);
      if (event) return event;
      // A crowd on a new event is one look-up, not thousands that wait for each other.
      let lookup = underWay.get(eventId);
      if (!lookup) {
        lookup = lookUp(eventId).finally(() => underWay.delete(eventId));
        underWay.set(eventId, lookup);
      }
      return await lookup;
    },
    async refresh() {
      const events = await source.liveEvents();
      live.clear();
      for (const event of events) live.set(event.id, event);
      everRead = true;
    },
  };
}

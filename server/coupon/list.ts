/** Listing: events as everyone sees them, and a user's coupons as their owner sees them. */
import { type CouponState, type ResolvedCoupon, resolveCoupon } from "./coupon.ts";
import { type CouponEvent, type EventState, eventState, gateSettings } from "./coupon-event.ts";
import type { Directory } from "./directory.ts";
import { UnknownEventError } from "./errors.ts";
import type { GateReadings } from "./gate-readings.ts";
import { EVENT_LIST_MAX, ISSUING_EVENTS_MAX } from "./limits.ts";
import type { CouponShelf, GateStatus } from "./ports.ts";
import type { Seat } from "./seat.ts";

export type EventView = {
  /** with the settings that the gate obeys, where it could be asked */
  event: CouponEvent;
  state: EventState;
  /** null when the gate could not say */
  remaining: number | null;
  /** the gate's clock */
  nowMs: number;
  /** when the gate said so, by the same clock: of two views the later one is right. 0: it has never been asked */
  asOfMs: number;
};

export interface EventViews {
  /** Open, then scheduled (next first), then sold out and ended (latest first); at most 100. */
  list(): Promise<EventView[]>;
  /** @throws UnknownEventError */
  get(eventId: number): Promise<EventView>;
  /** Whether there is such an event; its gate is not asked. @throws when it is not on the list and the look-up fails */
  knows(eventId: number): Promise<boolean>;
}

/** Where an event stands in the list: what one can act on comes first. */
const listOrder = { open: 0, paused: 0, scheduled: 1, sold_out: 2, closed: 3 } satisfies Record<
  EventState,
  number
>;

export function createEventViews(parts: { directory: Directory; readings: GateReadings }): EventViews {
  const { directory, readings } = parts;

  async function view(event: CouponEvent): Promise<EventView> {
    const reading = event.status === "archived" ? null : await readings.recent(event.id);
    return reading ? viewByGate(event, reading.status, reading.nowMs) : viewWithoutGate(event);
  }

  function viewWithoutGate(event: CouponEvent): EventView {
    const nowMs = readings.nowMs();
    const state = eventState(gateSettings(event), nowMs, null);
    // Our own clock may be wrong by hours, and would then keep every later view from counting.
    return { event, state, remaining: null, nowMs, asOfMs: readings.knowsTime() ? nowMs : 0 };
  }

  function mostRelevant(events: CouponEvent[]): CouponEvent[] {
    const nowMs = readings.nowMs();
    const order = (event: CouponEvent) => listOrder[eventState(gateSettings(event), nowMs, null)];
    return events.sort((a, b) => order(a) - order(b) || b.id - a.id).slice(0, EVENT_LIST_MAX);
  }

  return {
    async list() {
      const views = await Promise.all(mostRelevant(directory.list()).map(view));
      return views.sort((a, b) => listOrder[a.state] - listOrder[b.state] || compareWithinState(a, b));
    },
    async get(eventId) {
      const event = await directory.find(eventId);
      if (!event) throw new UnknownEventError(eventId);
      return await view(event);
    },
    knows: async (eventId) => (await directory.find(eventId)) !== null,
  };
}

/**
 * An event as its gate sees it: the gate's settings are what claims obey.
 * @param nowMs the gate's clock now, when the status was read a moment ago: an event opens at its own second
 */
export function viewByGate(event: CouponEvent, gate: GateStatus, nowMs = gate.nowMs): EventView {
  const { limit, opensAtMs, status, version } = gate.settings;
  // The gate also ends the claims when the coupons expire, which is not an end that the operator set.
  const closesAtMs =
    gate.settings.closesAtMs === event.expiresAtMs ? event.closesAtMs : gate.settings.closesAtMs;
  const obeyed = { ...event, issueLimit: limit, opensAtMs, closesAtMs, status, version };
  const remaining = Math.max(0, gate.remaining);
  return {
    event: obeyed,
    state: eventState(gate.settings, nowMs, remaining),
    remaining,
    nowMs,
    asOfMs: gate.nowMs,
  };
}

function compareWithinState(a: EventView, b: EventView): number {
  if (a.state === "scheduled" && b.state === "scheduled")
    return a.event.opensAtMs - b.event.opensAtMs || a.event.id - b.event.id;
  return b.event.opensAtMs - a.event.opensAtMs || b.event.id - a.event.id;
}

export type WalletItem =
  | { kind: "coupon"; coupon: ResolvedCoupon }
  /** a seat whose row is not there yet */
  | { kind: "issuing"; event: CouponEvent; seat: Seat };

export type WalletState = CouponState | "issuing";

export type WalletPage = {
  items: WalletItem[];
  nextBeforeId: number | null;
  /** how many there are in each state, whichever was asked for; null behind the first page */
  counts: Record<WalletState, number> | null;
};

export interface Wallet {
  /**
   * Newest first. Seats without a row come first on the first page, beside the `limit` rows.
   * @param call.state only what is in this state by the database's clock; null: all
   */
  mine(call: {
    userId: string;
    state: WalletState | null;
    beforeId: number | null;
    limit: number;
  }): Promise<WalletPage>;
}

export function createWallet(parts: {
  shelf: CouponShelf;
  directory: Directory;
  readings: GateReadings;
}): Wallet {
  const { shelf, directory, readings } = parts;

  async function issuing(userId: string): Promise<WalletItem[]> {
    const events = directory
      .list()
      .filter((event) => event.openedEpoch !== null)
      .slice(0, ISSUING_EVENTS_MAX);
    const seated: { event: CouponEvent; seat: Seat }[] = [];
    await Promise.all(
      events.map(async (event) => {
        const reading = await readings.read(event.id, userId);
        if (reading?.seat) seated.push({ event, seat: reading.seat });
      }),
    );
    if (seated.length === 0) return [];
    // The gate first, then the rows: a seat that gets its row in between is shown once, as a coupon.
    const written = await shelf.eventsWithRow(
      userId,
      seated.map(({ event }) => event.id),
    );
    return seated
      .filter(({ event }) => !written.has(event.id))
      .sort((a, b) => b.seat.claimedAtMs - a.seat.claimedAtMs)
      .map(({ event, seat }) => ({ kind: "issuing", event, seat }));
  }

  async function couponPage({ state, limit, ...query }: Parameters<Wallet["mine"]>[0]) {
    // What is still being issued has no row.
    if (state === "issuing") return { items: [], nextBeforeId: null };
    // One more than asked for tells whether there is a next page.
    const page = await shelf.couponsOf({ ...query, state, limit: limit + 1 });
    const coupons = page.coupons.slice(0, limit);
    const items = coupons.map(
      (coupon): WalletItem => ({ kind: "coupon", coupon: resolveCoupon(coupon, page.nowMs) }),
    );
    const more = page.coupons.length > limit;
    return { items, nextBeforeId: more ? (coupons.at(-1)?.id ?? null) : null };
  }

  return {
    async mine({ state, ...call }) {
      if (call.beforeId !== null) return { ...(await couponPage({ ...call, state })), counts: null };
      const seats = await issuing(call.userId);
      const [page, counts] = await Promise.all([
        couponPage({ ...call, state }),
        shelf.countCoupons(call.userId),
      ]);
      const first = state === null || state === "issuing" ? seats : [];
      return {
        items: [...first, ...page.items],
        nextBeforeId: page.nextBeforeId,
        counts: { ...counts, issuing: seats.length },
      };
    },
  };
}

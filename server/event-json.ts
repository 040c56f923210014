/** The EventView of the API (docs/api.md), as pages, programs and commands get it. */
import type { Discount, EventState } from "./coupon/coupon-event.ts";
import type { EventView } from "./coupon/list.ts";

/** Dates are ISO 8601 strings in UTC. */
export type EventViewJson = {
  id: number;
  displayName: string;
  issueLimit: number;
  opensAt: string;
  /** null: open until sold out or closed by hand */
  closesAt: string | null;
  expiresAt: string;
  discount: Discount;
  state: EventState;
  /** null: not known just now, which is never "sold out" */
  remaining: number | null;
  version: number;
  /** the gate's clock */
  serverTime: string;
  /** when the gate was asked, by the same clock: of two views the later one is right */
  asOf: string;
};

export function presentEvent({ event, state, remaining, nowMs, asOfMs }: EventView): EventViewJson {
  return {
    id: event.id,
    displayName: event.displayName,
    issueLimit: event.issueLimit,
    opensAt: isoTime(event.opensAtMs),
    closesAt: event.closesAtMs === null ? null : isoTime(event.closesAtMs),
    expiresAt: isoTime(event.expiresAtMs),
    discount: { type: event.discount.type, amount: event.discount.amount },
    state,
    remaining,
    version: event.version,
    serverTime: isoTime(nowMs),
    asOf: isoTime(asOfMs),
  };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

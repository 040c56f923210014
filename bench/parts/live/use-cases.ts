/** Stand-ins for the use cases behind live numbers: one event in memory, and nobody who claims. The hub is the product's. */
import { systemClock } from "#server/clock";
import { type CouponEvent, gateSettings } from "#server/coupon/coupon-event";
import { type EventViews, viewByGate } from "#server/coupon/list";
import { createLiveEvents } from "#server/coupon/live";
import type { Services } from "#server/trpc/context";
import { silentLog } from "../../../commands/lib/parts.ts";

export const EVENT_ID = 1;
const LIMIT = 10_000_000;
const HOUR_MS = 3_600_000;

export type LiveUseCases = {
  services: Services;
  /** From now on the event has one coupon less at every look, or stays as it is. */
  change(changes: boolean): void;
  /** how many listen now */
  listeners(): number;
};

export function liveUseCases(): LiveUseCases {
  const event = crowdEvent();
  let isChanging = false;
  let taken = 0;
  let listening = 0;
  const events: EventViews = {
    list: refuse,
    knows: async () => true,
    get: async () => {
      if (isChanging) taken += 1;
      const seats = { claimLimit: LIMIT, limitEffectiveInMs: 0, next: taken, free: 0, pending: 0 };
      const status = { nowMs: Date.now(), settings: gateSettings(event), remaining: LIMIT - taken, ...seats };
      return viewByGate(event, status);
    },
  };
  const reporter = {
    ...silentLog,
    gauge: (name: string, value: number) => {
      if (name === "live_listeners") listening = value;
    },
  };
  const directory = { find: async () => event };
  return {
    services: {
      events,
      live: createLiveEvents({ directory, views: events, clock: systemClock(), reporter }),
      claims: { claim: refuse, status: refuse },
      wallet: { mine: refuse },
      couponUse: { use: refuse },
    },
    change: (changes) => {
      isChanging = changes;
    },
    listeners: () => listening,
  };
}

function refuse(): Promise<never> {
  return Promise.reject(new Error("nobody does that here"));
}

function crowdEvent(): CouponEvent {
  const opensAtMs = Date.now() - HOUR_MS;
  return {
    id: EVENT_ID,
    displayName: "A crowd",
    issueLimit: LIMIT,
    opensAtMs,
    closesAtMs: null,
    expiresAtMs: opensAtMs + 24 * HOUR_MS,
    discount: { type: "FIXED_AMOUNT", amount: 1_000 },
    status: "active",
    version: 1,
    openedEpoch: 1,
  };
}

"use client";
/** Whether a won seat has become a coupon in the wallet yet. */
import type { CouponState } from "./api.ts";
import { api } from "./trpc.ts";
import { personalKey, useMe } from "./use-me.ts";
import { useQuery } from "./use-query.ts";

const POLL_MS = 1_500;
/** The newest coupons come first; a won seat that is not among them was written long ago. */
const NEWEST_COUPONS = 20;

/** The state of the visitor's coupon of this event; null while it is not known. */
export function useCouponState(eventId: number): CouponState | null {
  const me = useMe();
  const { data } = useQuery({
    key: personalKey(me, "receipt", eventId),
    ask: async (): Promise<CouponState> => {
      const page = await api.coupon.mine.query({ limit: NEWEST_COUPONS }, me?.userId);
      const coupon = page.items.find((item) => item.eventId === eventId);
      // Not there at all: older than a full page of coupons, or not written yet.
      return coupon?.state ?? (page.nextCursor === null ? "issuing" : "usable");
    },
    enabled: Boolean(me),
    everyMs: (answer) => (answer.data === "issuing" ? POLL_MS : null),
  });
  return data ?? null;
}

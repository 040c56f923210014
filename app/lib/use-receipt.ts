"use client";
/** Whether a won seat has become a coupon in the wallet yet. */
import { useQuery } from "@tanstack/react-query";
import { useApi } from "#app/components/site/providers.tsx";
import type { CouponState } from "./api.ts";
import { personalKey, useMe } from "./use-me.ts";

const POLL_MS = 1_500;
/** The newest coupons come first; a won seat that is not among them was written long ago. */
const NEWEST_COUPONS = 20;

/** The state of the visitor's coupon of this event; null while it is not known. */
export function useCouponState(eventId: number): CouponState | null {
  const api = useApi();
  const me = useMe();
  const query = useQuery({
    queryKey: personalKey(me, "receipt", eventId),
    queryFn: async (): Promise<CouponState> => {
      const page = await api.coupon.mine.query({ limit: NEWEST_COUPONS });
      const coupon = page.items.find((item) => item.eventId === eventId);
      // Not there at all: older than a full page of coupons, or not written yet.
      return coupon?.state ?? (page.nextCursor === null ? "issuing" : "usable");
    },
    enabled: Boolean(me),
    refetchInterval: ({ state }) => (state.data === undefined || state.data === "issuing" ? POLL_MS : false),
  });
  return query.data ?? null;
}

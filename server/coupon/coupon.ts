/** The coupon: a seat that became a row, and what its owner may do with it now. */
import type { Discount } from "./coupon-event.ts";

/** A row of `coupon` with what its event says about it. Times are UTC milliseconds since 1970. */
export type Coupon = {
  id: number;
  eventId: number;
  userId: string;
  rank: number;
  /** the gate's time */
  claimedAtMs: number;
  /** the row's time */
  issuedAtMs: number;
  expiresAtMs: number;
  usedAtMs: number | null;
  /** without dashes; null in a row of an older release that has not been given one yet */
  code: string | null;
  displayName: string;
  discount: Discount;
};

export type CouponState = "usable" | "used" | "expired";

/** A coupon as its owner sees it at one moment. */
export type ResolvedCoupon = Coupon & { state: CouponState };

/** A used coupon stays "used" after its expiry; only an unused one expires. */
export function resolveCoupon(coupon: Coupon, nowMs: number): ResolvedCoupon {
  const state = coupon.usedAtMs !== null ? "used" : coupon.expiresAtMs <= nowMs ? "expired" : "usable";
  return { ...coupon, state };
}

/** Not used, not expired. */
export function canBeUsed(coupon: ResolvedCoupon): boolean {
  return coupon.state === "usable";
}

/** Using a coupon: its owner spends it, once, and the database's clock decides whether it is still good. */
import { type ResolvedCoupon, resolveCoupon } from "./coupon.ts";
import { UnknownCouponError } from "./errors.ts";
import type { CouponShelf } from "./ports.ts";

export type UseOutcome = { status: "used" | "already_used" | "expired"; coupon: ResolvedCoupon };

export interface CouponUse {
  /** @throws UnknownCouponError for a coupon that does not exist or is another's: both look the same from outside */
  use(call: { couponId: number; userId: string }): Promise<UseOutcome>;
}

export function createCouponUse(parts: { shelf: CouponShelf }): CouponUse {
  const { shelf } = parts;
  return {
    async use({ couponId, userId }) {
      const usedNow = await shelf.markUsed(couponId, userId);
      const found = await shelf.findCoupon(couponId, userId);
      if (!found) throw new UnknownCouponError(couponId);
      const coupon = resolveCoupon(found.coupon, found.nowMs);
      if (usedNow) return { status: "used", coupon };
      return { status: coupon.state === "used" ? "already_used" : "expired", coupon };
    },
  };
}

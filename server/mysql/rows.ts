/** From rows to the types of the core: Date objects become UTC milliseconds, and nothing else changes. */
import type { Coupon } from "#server/coupon/coupon";
import type { CouponEvent } from "#server/coupon/coupon-event";
import type { Seat } from "#server/coupon/seat";
import { coupon, type couponEvent } from "./schema.ts";

export const seatColumns = { userId: coupon.userId, rank: coupon.rank, claimedAt: coupon.claimedAt };

export function toSeat(row: { userId: string; rank: number; claimedAt: Date }): Seat {
  return { userId: row.userId, rank: row.rank, claimedAtMs: row.claimedAt.getTime() };
}

export function toCouponEvent(row: typeof couponEvent.$inferSelect): CouponEvent {
  return {
    id: row.id,
    displayName: row.displayName,
    issueLimit: row.issueLimit,
    opensAtMs: row.opensAt.getTime(),
    closesAtMs: row.closesAt?.getTime() ?? null,
    expiresAtMs: row.expiresAt.getTime(),
    discount: { type: row.discountType, amount: row.discountAmount },
    status: row.status,
    version: row.version,
    openedEpoch: row.openedEpoch,
  };
}

export function toCoupon(row: {
  coupon: typeof coupon.$inferSelect;
  event: Pick<typeof couponEvent.$inferSelect, "displayName" | "discountType" | "discountAmount">;
}): Coupon {
  return {
    ...toSeat(row.coupon),
    id: row.coupon.id,
    eventId: row.coupon.couponEventId,
    issuedAtMs: row.coupon.issuedAt.getTime(),
    expiresAtMs: row.coupon.expiresAt.getTime(),
    usedAtMs: row.coupon.usedAt?.getTime() ?? null,
    displayName: row.event.displayName,
    discount: { type: row.event.discountType, amount: row.event.discountAmount },
  };
}

/** From rows to the types of the core: Date objects become UTC milliseconds, and nothing else changes. */
import { getTableColumns } from "drizzle-orm";
import type { Coupon } from "#server/coupon/coupon";
import type { CouponEvent } from "#server/coupon/coupon-event";
import type { Seat } from "#server/coupon/seat";
import { coupon, couponEvent } from "./schema.ts";

const { codeKey: _secret, ...publicColumns } = getTableColumns(couponEvent);
/** All of an event but the key of its codes, which nobody reads who does not make codes. */
export const eventColumns = publicColumns;
type EventRow = Omit<typeof couponEvent.$inferSelect, "codeKey">;

export const seatColumns = { userId: coupon.userId, rank: coupon.rank, claimedAt: coupon.claimedAt };

export function toSeat(row: { userId: string; rank: number; claimedAt: Date }): Seat {
  return { userId: row.userId, rank: row.rank, claimedAtMs: row.claimedAt.getTime() };
}

export function toCouponEvent(row: EventRow): CouponEvent {
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
  event: Pick<EventRow, "displayName" | "discountType" | "discountAmount">;
}): Coupon {
  return {
    ...toSeat(row.coupon),
    id: row.coupon.id,
    eventId: row.coupon.couponEventId,
    issuedAtMs: row.coupon.issuedAt.getTime(),
    expiresAtMs: row.coupon.expiresAt.getTime(),
    usedAtMs: row.coupon.usedAt?.getTime() ?? null,
    code: row.coupon.code,
    displayName: row.event.displayName,
    discount: { type: row.event.discountType, amount: row.event.discountAmount },
  };
}

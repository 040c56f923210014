/** From the core's types to the JSON of the API: dates as ISO 8601 in UTC, nothing that the reader was not promised. */
import type { ClaimOutcome, ClaimStatus } from "#server/coupon/claim-outcome";
import type { ResolvedCoupon } from "#server/coupon/coupon";
import { groupCode } from "#server/coupon/coupon-code";
import type { Discount } from "#server/coupon/coupon-event";
import type { WalletItem, WalletState } from "#server/coupon/list";
import type { UseOutcome } from "#server/coupon/use";
import { isoTime } from "#server/event-json";

export type ClaimAnswer =
  | { status: "won"; rank: number; issueLimit: number; claimedAt: string; repeat: boolean }
  | { status: "pending"; since: string }
  | { status: "sold_out" }
  | { status: "not_open"; opensAt: string }
  | { status: "closed" }
  | { status: "paused" }
  | { status: "unavailable"; retryAfterMs: number };

export type ClaimStatusAnswer =
  | Extract<ClaimAnswer, { status: "won" | "pending" | "unavailable" }>
  | { status: "none" };

export type CouponViewJson = {
  /** null while the coupon is being issued */
  id: number | null;
  eventId: number;
  displayName: string;
  rank: number;
  claimedAt: string;
  issuedAt: string | null;
  expiresAt: string;
  usedAt: string | null;
  discount: Discount;
  /** XXXX-XXXX-XXXX; null while there is none: being issued, or of an older release and not filled in yet */
  code: string | null;
  state: WalletState;
};

export type WalletPageJson = {
  items: CouponViewJson[];
  nextCursor: string | null;
  /** coupons in each state, whichever was asked for; on the first page only */
  counts?: Record<WalletState, number>;
};

export type UseAnswer = { status: UseOutcome["status"]; coupon: CouponViewJson };

export function presentClaim(outcome: ClaimOutcome): ClaimAnswer {
  switch (outcome.status) {
    case "won":
      return {
        status: "won",
        rank: outcome.rank,
        issueLimit: outcome.issueLimit,
        claimedAt: isoTime(outcome.claimedAtMs),
        repeat: outcome.repeat,
      };
    case "pending":
      return { status: "pending", since: isoTime(outcome.sinceMs) };
    case "not_open":
      return { status: "not_open", opensAt: isoTime(outcome.opensAtMs) };
    case "unavailable":
      return { status: "unavailable", retryAfterMs: outcome.retryAfterMs };
    case "sold_out":
    case "closed":
    case "paused":
      return { status: outcome.status };
  }
}

export function presentClaimStatus(status: ClaimStatus): ClaimStatusAnswer {
  if (status.status === "none") return { status: "none" };
  // The union's members with these names have the same shape in both answers.
  return presentClaim(status) as ClaimStatusAnswer;
}

function presentCoupon(coupon: ResolvedCoupon): CouponViewJson {
  return {
    id: coupon.id,
    eventId: coupon.eventId,
    displayName: coupon.displayName,
    rank: coupon.rank,
    claimedAt: isoTime(coupon.claimedAtMs),
    issuedAt: isoTime(coupon.issuedAtMs),
    expiresAt: isoTime(coupon.expiresAtMs),
    usedAt: coupon.usedAtMs === null ? null : isoTime(coupon.usedAtMs),
    discount: { type: coupon.discount.type, amount: coupon.discount.amount },
    code: coupon.code === null ? null : groupCode(coupon.code),
    state: coupon.state,
  };
}

/** A wallet shows a coupon, or a seat whose row is not written yet. */
export function presentWalletItem(item: WalletItem): CouponViewJson {
  if (item.kind === "coupon") return presentCoupon(item.coupon);
  const { event, seat } = item;
  return {
    id: null,
    eventId: event.id,
    displayName: event.displayName,
    rank: seat.rank,
    claimedAt: isoTime(seat.claimedAtMs),
    issuedAt: null,
    expiresAt: isoTime(event.expiresAtMs),
    usedAt: null,
    discount: { type: event.discount.type, amount: event.discount.amount },
    code: null,
    state: "issuing",
  };
}

export function presentUse(outcome: UseOutcome): UseAnswer {
  return { status: outcome.status, coupon: presentCoupon(outcome.coupon) };
}

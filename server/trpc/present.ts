/** From the core's types to the JSON of the API: dates as ISO 8601 in UTC, nothing that the reader was not promised. */
import type { ClaimOutcome, ClaimStatus } from "#server/coupon/claim-outcome";
import type { CouponState, ResolvedCoupon } from "#server/coupon/coupon";
import type { Discount, EventState } from "#server/coupon/coupon-event";
import type { EventView, WalletItem } from "#server/coupon/list";
import type { UseOutcome } from "#server/coupon/use";

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
};

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
  state: CouponState | "issuing";
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

export function presentEvent({ event, state, remaining, nowMs }: EventView): EventViewJson {
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
  };
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
    state: "issuing",
  };
}

export function presentUse(outcome: UseOutcome): UseAnswer {
  return { status: outcome.status, coupon: presentCoupon(outcome.coupon) };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

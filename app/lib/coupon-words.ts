/** Words and colours for what a coupon is. */
import type { Tone } from "#app/components/ui/badge.tsx";
import type { CouponState } from "./api.ts";
import type { MessageKey } from "./messages.ts";
import type { WalletFilter } from "./wallet-filter.ts";

export const COUPON_STATES = {
  usable: { text: "coupon.state.usable", tone: "good" },
  issuing: { text: "coupon.state.issuing", tone: "wait" },
  used: { text: "coupon.state.used", tone: "plain" },
  expired: { text: "coupon.state.expired", tone: "plain" },
} as const satisfies Record<CouponState, { text: MessageKey; tone: Tone }>;

export const FILTER_WORDS = {
  all: { name: "wallet.filter_all", empty: "wallet.empty" },
  usable: { name: "coupon.state.usable", empty: "wallet.empty_usable" },
  issuing: { name: "coupon.state.issuing", empty: "wallet.empty_issuing" },
  used: { name: "coupon.state.used", empty: "wallet.empty_used" },
  expired: { name: "coupon.state.expired", empty: "wallet.empty_expired" },
} as const satisfies Record<WalletFilter, { name: MessageKey; empty: MessageKey }>;

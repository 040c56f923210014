/** The shapes of the API as pages see them. Types only: nothing of the server reaches the browser. */
export type { ClaimAnswer, EventViewJson as EventView, Me, Role, UseAnswer } from "#server/trpc/router";

import type { ClaimStatusAnswer, CouponViewJson, EventViewJson, WalletPageJson } from "#server/trpc/router";

export type ClaimStatus = ClaimStatusAnswer;
export type CouponView = CouponViewJson;
export type CouponState = CouponViewJson["state"];
export type WalletPage = WalletPageJson;
export type EventState = EventViewJson["state"];
export type Discount = EventViewJson["discount"];

/** Which coupons of the wallet are shown. Part of the address, so that reload, back button and a shared link keep it. */
import type { CouponState } from "./api.ts";

export type WalletFilter = "all" | CouponState;

/** In the order in which they are offered: what one can act on comes first. */
export const walletFilters = [
  "all",
  "usable",
  "issuing",
  "used",
  "expired",
] as const satisfies readonly WalletFilter[];

const PATH = "/coupons";
const PARAMETER = "state";

/** @param search the parameters of the address; whatever is no state means all */
export function readFilter(search: Pick<URLSearchParams, "get">): WalletFilter {
  const wanted = search.get(PARAMETER);
  return walletFilters.find((filter) => filter === wanted) ?? "all";
}

export function walletPath(filter: WalletFilter): string {
  return filter === "all" ? PATH : `${PATH}?${PARAMETER}=${filter}`;
}

/** The pages of a wallet as one list: read together again, and longer by one page when more is asked for. */
import type { CouponView, WalletPage } from "./api.ts";

type Ask = (page: { cursor: string | null; limit: number }) => Promise<WalletPage>;

const PAGE = 20;
/** The longest page that the API gives. */
const PAGE_MAX = 100;

/**
 * The first page, or as many coupons as were shown before: read from the front, so that nothing can stand twice or
 * be missing when a new coupon has moved the others.
 */
export async function readFromFront(ask: Ask, before: WalletPage | undefined): Promise<WalletPage> {
  const wanted = Math.max(PAGE, before ? written(before) : 0);
  let list = await ask({ cursor: null, limit: Math.min(wanted, PAGE_MAX) });
  while (list.nextCursor !== null && written(list) < wanted)
    list = await readOn(ask, list, Math.min(wanted - written(list), PAGE_MAX));
  return list;
}

export async function readOn(ask: Ask, list: WalletPage, limit: number = PAGE): Promise<WalletPage> {
  const next = await ask({ cursor: list.nextCursor, limit });
  return { ...list, items: [...list.items, ...next.items], nextCursor: next.nextCursor };
}

/** @returns the list with this coupon as it is now, at its place; its state counts are left to the next reading */
export function withCoupon(list: WalletPage, changed: CouponView): WalletPage {
  return { ...list, items: list.items.map((coupon) => (coupon.id === changed.id ? changed : coupon)) };
}

/** Seats that are being issued come on top of a page, and are not counted by its limit. */
function written({ items }: WalletPage): number {
  return items.filter(({ id }) => id !== null).length;
}

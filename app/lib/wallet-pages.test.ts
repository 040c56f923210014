/** The pages of a wallet as one list. */
import { expect, it } from "vitest";
import type { CouponView, WalletPage } from "./api.ts";
import { readFromFront, readOn, withCoupon } from "./wallet-pages.ts";

const counts = { usable: 0, used: 0, expired: 0, issuing: 0 };

function couponView(id: number | null): CouponView {
  return {
    ...{ id, eventId: id ?? 0, displayName: "c", rank: 1, code: null },
    ...{ claimedAt: "", issuedAt: null, expiresAt: "", usedAt: null },
    discount: { type: "PERCENT", amount: 5 },
    state: id === null ? "issuing" : "usable",
  };
}

/** A server with these coupons, newest first, and a seat on top of the first page. */
function server(newest: number) {
  const limits: number[] = [];
  const ask = async ({ cursor, limit }: { cursor: string | null; limit: number }): Promise<WalletPage> => {
    limits.push(limit);
    const from = cursor === null ? newest : Number(cursor) - 1;
    const ids = Array.from({ length: Math.min(limit, from) }, (_, index) => from - index);
    const items = [...(cursor === null ? [null] : []), ...ids].map(couponView);
    const last = ids.at(-1) ?? 1;
    return { items, nextCursor: last > 1 ? String(last) : null, ...(cursor === null && { counts }) };
  };
  return { ask, limits };
}
const idsOf = ({ items }: WalletPage) => items.map(({ id }) => id);

it("begins with a page of twenty, and goes on page by page without a gap", async () => {
  const { ask } = server(45);
  const first = await readFromFront(ask, undefined);
  expect(idsOf(first)).toEqual([null, ...Array.from({ length: 20 }, (_, index) => 45 - index)]);
  const second = await readOn(ask, first);
  expect(second.items).toHaveLength(41);
  expect(second.counts).toEqual(counts);
  const third = await readOn(ask, second);
  expect(idsOf(third).slice(1)).toEqual(Array.from({ length: 45 }, (_, index) => 45 - index));
  expect(third.nextCursor).toBeNull();
});

it("reads again as much as was shown, each coupon once, also when new ones have moved the others", async () => {
  const shown = await readOn(server(250).ask, await readFromFront(server(250).ask, undefined), 81);
  const { ask, limits } = server(260);
  const again = await readFromFront(ask, shown);
  expect(limits).toEqual([100, 1]);
  expect(idsOf(again)).toEqual([null, ...Array.from({ length: 101 }, (_, index) => 260 - index)]);
});

it("a coupon that has changed stays at its place", () => {
  const list = { items: [3, 2, 1].map(couponView), nextCursor: null };
  const changed = { ...couponView(2), state: "used" as const };
  expect(withCoupon(list, changed).items.map(({ state }) => state)).toEqual(["usable", "used", "usable"]);
});

/** Listing over modelled services: what everyone sees of events, and an owner of coupons. */
import { beforeEach, describe, expect, it } from "vitest";
import { type Coupon, type CouponState, resolveCoupon } from "./coupon.ts";
import { createDirectory } from "./directory.ts";
import { READING_SHARED_MS } from "./limits.ts";
import { createEventViews, createWallet, type EventViews, type WalletState } from "./list.ts";
import { type ModelWeb, type ModelWorld, modelWorld } from "./model/model-world.ts";
import type { CouponShelf } from "./ports.ts";

let world: ModelWorld;
let web: ModelWeb;

beforeEach(() => {
  world = modelWorld();
  web = world.web();
});

async function viewsOf(): Promise<EventViews> {
  await world.run(2000);
  const directory = createDirectory({ source: world.database });
  await directory.refresh();
  return createEventViews({ directory, readings: web.readings });
}
const claim = (eventId: number, userId: string) => web.claims.claim({ eventId, userId, requestId: "r" });

describe("events", () => {
  it("are listed open first, then scheduled with the next one first, then sold out, then ended", async () => {
    const nowMs = world.clock.wallMs();
    const ended = world.addEvent({ opensAtMs: nowMs - 2, closesAtMs: nowMs - 1 });
    const soldOut = world.addEvent({ issueLimit: 1 });
    const later = world.addEvent({ opensAtMs: nowMs + 60_000 });
    const next = world.addEvent({ opensAtMs: nowMs + 30_000 });
    const open = world.addEvent();
    const views = await viewsOf();
    await claim(soldOut.id, "kim");
    const ids = (await views.list()).map(({ event }) => event.id);
    expect(ids).toEqual([open, next, later, soldOut, ended].map(({ id }) => id));
  });

  it("without an end show none, although claims end when the coupons expire", async () => {
    const event = world.addEvent({ closesAtMs: null, expiresAtMs: world.clock.wallMs() + 3000 });
    const views = await viewsOf();
    expect(await views.get(event.id)).toMatchObject({ state: "open", event: { closesAtMs: null } });
    await world.run(2000);
    expect(await views.get(event.id)).toMatchObject({ state: "closed", event: { closesAtMs: null } });
  });

  it("are never sold out, and their seats unknown, while the gate cannot speak", async () => {
    const event = world.addEvent({ issueLimit: 1 });
    const views = await viewsOf();
    await claim(event.id, "kim");
    expect(await views.get(event.id)).toMatchObject({ state: "sold_out", remaining: 0 });
    world.gate.restart();
    await world.clock.advance(READING_SHARED_MS);
    expect(await views.get(event.id)).toMatchObject({ state: "open", remaining: null });
  });

  it("are read once for all who look within a quarter of a second, and shown at the gate's present time", async () => {
    const opensAtMs = world.clock.wallMs() + 2100;
    const event = world.addEvent({ opensAtMs });
    const views = await viewsOf();
    const first = await views.get(event.id);
    expect(first).toMatchObject({ state: "scheduled", nowMs: first.asOfMs });
    world.gate.unreachable = true;
    await world.clock.advance(READING_SHARED_MS - 1);
    expect(await views.get(event.id)).toMatchObject({
      state: "open",
      remaining: 3,
      nowMs: first.nowMs + READING_SHARED_MS - 1,
      asOfMs: first.asOfMs,
    });
    await world.clock.advance(1);
    expect(await views.get(event.id)).toMatchObject({ remaining: null });
  });

  it("are not shown from an earlier reading without the lease", async () => {
    const event = world.addEvent();
    const views = await viewsOf();
    expect(await views.get(event.id)).toMatchObject({ remaining: 3 });
    world.database.tables().gate.epoch += 1;
    await web.lease.refresh();
    expect(await views.get(event.id)).toMatchObject({ remaining: null });
  });

  it("are not said to be none before they were read", async () => {
    const views = createEventViews({
      directory: createDirectory({ source: world.database }),
      readings: web.readings,
    });
    await expect(views.list()).rejects.toThrow("not read yet");
  });
});

describe("a wallet", () => {
  const NOW_MS = 10;
  const kims = { userId: "kim", state: null, limit: 5 };

  function coupon(id: number, eventId: number): Coupon {
    const event = world.database.tables().events.get(eventId);
    return {
      ...{ id, eventId, userId: "kim", rank: id, claimedAtMs: 1, issuedAtMs: 2, usedAtMs: null, code: null },
      ...{
        expiresAtMs: event?.expiresAtMs ?? 0,
        displayName: "event",
        discount: { type: "PERCENT", amount: 5 },
      },
    };
  }

  function shelf(coupons: Coupon[]): CouponShelf {
    const inState = (state: CouponState) =>
      coupons.filter((each) => resolveCoupon(each, NOW_MS).state === state);
    return {
      couponsOf: async ({ state, beforeId, limit }) => ({
        coupons: (state === null ? coupons : inState(state))
          .filter(({ id }) => beforeId === null || id < beforeId)
          .slice(0, limit),
        nowMs: NOW_MS,
      }),
      countCoupons: async () => ({
        usable: inState("usable").length,
        used: inState("used").length,
        expired: inState("expired").length,
      }),
      eventsWithRow: async () => new Set(coupons.map(({ eventId }) => eventId)),
      markUsed: () => Promise.reject(new Error("not asked")),
      findCoupon: () => Promise.reject(new Error("not asked")),
    };
  }

  async function walletWith(coupons: Coupon[]) {
    await world.run(2000);
    const directory = createDirectory({ source: world.database });
    await directory.refresh();
    return createWallet({ shelf: shelf(coupons), directory, readings: web.readings });
  }

  it("shows a seat without a row as issuing, on the first page only, and a seat with a row once", async () => {
    const [first, second] = [world.addEvent(), world.addEvent()];
    await world.run(2000);
    await claim(first.id, "kim");
    await claim(second.id, "kim");
    const wallet = await walletWith([coupon(7, first.id)]);
    const page = await wallet.mine({ ...kims, beforeId: null });
    expect(page.items.map(({ kind }) => kind)).toEqual(["issuing", "coupon"]);
    expect(page.items[0]).toMatchObject({ event: { id: second.id }, seat: { rank: 1 } });
    expect((await wallet.mine({ ...kims, beforeId: 7 })).items).toEqual([]);
  });

  it("is read page by page without a gap, and says where the next page begins", async () => {
    const event = world.addEvent();
    const wallet = await walletWith([3, 2, 1].map((id) => coupon(id, event.id)));
    const first = await wallet.mine({ ...kims, beforeId: null, limit: 2 });
    expect(first.nextBeforeId).toBe(2);
    const rest = await wallet.mine({ ...kims, beforeId: first.nextBeforeId, limit: 2 });
    expect(rest.items).toMatchObject([{ coupon: { id: 1 } }]);
    expect(rest.nextBeforeId).toBeNull();
  });

  it("shows what is in one state only, page by page, and a seat without a row only where it was asked for", async () => {
    const [first, second] = [world.addEvent(), world.addEvent()];
    await world.run(2000);
    await claim(second.id, "kim");
    const wallet = await walletWith([
      { ...coupon(5, first.id), usedAtMs: 3 },
      coupon(4, first.id),
      { ...coupon(3, first.id), usedAtMs: 3 },
      { ...coupon(2, first.id), expiresAtMs: NOW_MS },
      { ...coupon(1, first.id), usedAtMs: 3 },
    ]);
    const shown = async (state: WalletState, beforeId: number | null = null) => {
      const page = await wallet.mine({ ...kims, state, beforeId, limit: 2 });
      return [
        ...page.items.map((item) => (item.kind === "coupon" ? item.coupon.id : "seat")),
        page.nextBeforeId,
      ];
    };
    expect(await shown("usable")).toEqual([4, null]);
    expect(await shown("expired")).toEqual([2, null]);
    expect(await shown("issuing")).toEqual(["seat", null]);
    expect(await shown("used")).toEqual([5, 3, 3]);
    expect(await shown("used", 3)).toEqual([1, null]);
  });

  it("counts every state on the first page, whichever is shown, and none behind it", async () => {
    const [first, second] = [world.addEvent(), world.addEvent()];
    await world.run(2000);
    await claim(second.id, "kim");
    const wallet = await walletWith([
      { ...coupon(3, first.id), usedAtMs: 3 },
      coupon(2, first.id),
      coupon(1, first.id),
    ]);
    for (const state of [null, "used", "issuing"] as const)
      expect((await wallet.mine({ ...kims, state, beforeId: null })).counts).toEqual({
        ...{ usable: 2, used: 1, expired: 0, issuing: 1 },
      });
    expect((await wallet.mine({ ...kims, beforeId: 3 })).counts).toBeNull();
  });
});

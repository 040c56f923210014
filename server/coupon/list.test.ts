/** Listing over modelled services: what everyone sees of events, and an owner of coupons. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Coupon } from "./coupon.ts";
import { createDirectory } from "./directory.ts";
import { createEventViews, createWallet, type EventViews } from "./list.ts";
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
    expect(await views.get(event.id)).toMatchObject({ state: "open", remaining: null });
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
  function coupon(id: number, eventId: number): Coupon {
    const event = world.database.tables().events.get(eventId);
    return {
      ...{ id, eventId, userId: "kim", rank: id, claimedAtMs: 1, issuedAtMs: 2, usedAtMs: null },
      ...{
        expiresAtMs: event?.expiresAtMs ?? 0,
        displayName: "event",
        discount: { type: "PERCENT", amount: 5 },
      },
    };
  }

  function shelf(coupons: Coupon[]): CouponShelf {
    return {
      couponsOf: async ({ beforeId, limit }) => ({
        coupons: coupons.filter(({ id }) => beforeId === null || id < beforeId).slice(0, limit),
        nowMs: 10,
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
    const page = await wallet.mine({ userId: "kim", beforeId: null, limit: 5 });
    expect(page.items.map(({ kind }) => kind)).toEqual(["issuing", "coupon"]);
    expect(page.items[0]).toMatchObject({ event: { id: second.id }, seat: { rank: 1 } });
    expect((await wallet.mine({ userId: "kim", beforeId: 7, limit: 5 })).items).toEqual([]);
  });

  it("is read page by page without a gap, and says where the next page begins", async () => {
    const event = world.addEvent();
    const wallet = await walletWith([3, 2, 1].map((id) => coupon(id, event.id)));
    const first = await wallet.mine({ userId: "kim", beforeId: null, limit: 2 });
    expect(first.nextBeforeId).toBe(2);
    const rest = await wallet.mine({ userId: "kim", beforeId: first.nextBeforeId, limit: 2 });
    expect(rest.items).toMatchObject([{ coupon: { id: 1 } }]);
    expect(rest.nextBeforeId).toBeNull();
  });
});

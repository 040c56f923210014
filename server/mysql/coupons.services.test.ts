/** Coupons as their owners meet them, and events as operators change them, on the real server. */
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resolveCoupon } from "#server/coupon/coupon";
import type { NewCouponEvent } from "#server/coupon/coupon-event";
import { EventChangeError } from "#server/coupon/ports";
import { mysqlCouponShelf, mysqlSeatRows } from "./coupons.ts";
import { mysqlEvents } from "./events.ts";
import { mysqlIssueStore } from "./issue-store.ts";
import { coupon, couponEvent } from "./schema.ts";
import { anEvent, createMigratedDatabase } from "./testing.ts";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const events = () => mysqlEvents(database.mysql);
const shelf = () => mysqlCouponShelf(database.mysql);
const CLAIMED_AT_MS = 1_800_000_000_123;

async function eventWithCoupons(userIds: string[], change: Partial<NewCouponEvent> = {}) {
  const event = await events().createEvent(anEvent(change));
  const rows = userIds.map((userId, index) => ({
    eventId: event.id,
    userId,
    rank: index + 1,
    claimedAtMs: CLAIMED_AT_MS,
    expiresAtMs: event.expiresAtMs,
  }));
  await mysqlIssueStore(database.mysql).transaction((transaction) => transaction.insertCoupons(rows));
  return event;
}

async function onlyCouponOf(userId: string) {
  const { coupons } = await shelf().couponsOf({ userId, state: null, beforeId: null, limit: 10 });
  expect(coupons).toHaveLength(1);
  return coupons[0] as (typeof coupons)[number];
}

test("a user's coupons come newest first, page by page, each once, and nobody else's", async () => {
  const created = [];
  for (const displayName of ["one", "two", "three"])
    created.push(await eventWithCoupons(["pager", "other"], { displayName }));
  const first = await shelf().couponsOf({ userId: "pager", state: null, beforeId: null, limit: 2 });
  expect(first.coupons.map((each) => each.displayName)).toEqual(["three", "two"]);
  const rest = await shelf().couponsOf({
    userId: "pager",
    state: null,
    beforeId: first.coupons[1]?.id ?? 0,
    limit: 2,
  });
  expect(rest.coupons.map((each) => each.displayName)).toEqual(["one"]);
  expect(rest.coupons[0]).toMatchObject({
    eventId: created[0]?.id,
    userId: "pager",
    rank: 1,
    claimedAtMs: CLAIMED_AT_MS,
    usedAtMs: null,
    discount: { type: "FIXED_AMOUNT", amount: 1_000 },
  });
});

test("coupons in one state come page by page without those in other states, and are counted", async () => {
  const states = ["used", "usable", "expired", "used", "usable", "used"] as const;
  const ids: Record<string, number[]> = { used: [], usable: [], expired: [] };
  for (const state of states) {
    await eventWithCoupons(["sorter", "other-sorter"]);
    const { coupons } = await shelf().couponsOf({ userId: "sorter", state: null, beforeId: null, limit: 1 });
    const id = coupons[0]?.id ?? 0;
    ids[state]?.unshift(id);
    const past = sql`utc_timestamp(3) - interval 1 second`;
    // A used coupon stays used, whether it has expired or not.
    if (state === "used") await shelf().markUsed(id, "sorter");
    if (state !== "usable")
      await database.mysql.db.update(coupon).set({ expiresAt: past }).where(eq(coupon.id, id));
  }
  for (const state of ["used", "usable", "expired"] as const) {
    const found: number[] = [];
    for (let beforeId: number | null = null; ; ) {
      const page = await shelf().couponsOf({ userId: "sorter", state, beforeId, limit: 2 });
      for (const each of page.coupons) expect(resolveCoupon(each, page.nowMs).state).toBe(state);
      found.push(...page.coupons.map(({ id }) => id));
      beforeId = page.coupons[1]?.id ?? null;
      if (beforeId === null) break;
    }
    expect(found, state).toEqual(ids[state]);
  }
  expect(await shelf().countCoupons("sorter")).toEqual({ used: 3, usable: 2, expired: 1 });
  expect(await shelf().countCoupons("nobody")).toEqual({ used: 0, usable: 0, expired: 0 });
});

test("the clock that comes with coupons is the database's, in UTC, also when there are none", async () => {
  const { coupons, nowMs } = await shelf().couponsOf({
    userId: "nobody",
    state: null,
    beforeId: null,
    limit: 10,
  });
  expect(coupons).toEqual([]);
  expect(Math.abs(nowMs - Date.now())).toBeLessThan(5_000);
});

test("Kim's coupon is not kim's", async () => {
  const event = await eventWithCoupons(["Kim-1"]);
  expect(await mysqlSeatRows(database.mysql).findSeats(event.id, ["kim-1"])).toEqual([]);
  expect(await mysqlSeatRows(database.mysql).findSeats(event.id, ["kim-1", "Kim-1"])).toEqual([
    { userId: "Kim-1", rank: 1, claimedAtMs: CLAIMED_AT_MS },
  ]);
  const { id } = await onlyCouponOf("Kim-1");
  expect(await shelf().findCoupon(id, "kim-1")).toBeNull();
  expect(await shelf().markUsed(id, "kim-1")).toBe(false);
});

test("of 200 uses at once one succeeds", async () => {
  await eventWithCoupons(["spender"]);
  const { id } = await onlyCouponOf("spender");
  const uses = await Promise.all(Array.from({ length: 200 }, () => shelf().markUsed(id, "spender")));
  expect(uses.filter(Boolean)).toHaveLength(1);
  expect((await shelf().findCoupon(id, "spender"))?.coupon.usedAtMs).toEqual(expect.any(Number));
});

test("a coupon that has expired cannot be used", async () => {
  await eventWithCoupons(["late"]);
  const { id } = await onlyCouponOf("late");
  const expireIn = (ms: number) =>
    database.mysql.db
      .update(coupon)
      .set({ expiresAt: sql`utc_timestamp(3) + interval ${ms * 1_000} microsecond` })
      .where(eq(coupon.id, id));
  await expireIn(-1);
  expect(await shelf().markUsed(id, "late")).toBe(false);
  await expireIn(60_000);
  expect(await shelf().markUsed(id, "late")).toBe(true);
});

test("events with a row of the user are told from those without", async () => {
  const [mine, others] = [await eventWithCoupons(["holder"]), await eventWithCoupons(["someone"])];
  expect(await shelf().eventsWithRow("holder", [mine.id, others.id])).toEqual(new Set([mine.id]));
});

test("an event reads back as it was created, in any language, to the millisecond", async () => {
  const wanted = anEvent({
    displayName: "선착순 🎟",
    closesAtMs: Date.now() + 60_000,
    discount: { type: "PERCENT", amount: 15 },
  });
  const { id } = await events().createEvent(wanted);
  expect(await events().findEvent(id)).toEqual({
    ...wanted,
    id,
    status: "active",
    version: 1,
    openedEpoch: null,
  });
  expect(await events().findEvent(2_000_000_000)).toBeNull();
});

test("live events are those that are not archived, newest first", async () => {
  const [older, newer, archived] = [
    await eventWithCoupons([]),
    await eventWithCoupons([]),
    await eventWithCoupons([]),
  ];
  await database.mysql.db
    .update(couponEvent)
    .set({ status: "archived" })
    .where(eq(couponEvent.id, archived.id));
  const ids = (await events().liveEvents()).map((event) => event.id);
  expect(ids.slice(0, 2)).toEqual([newer.id, older.id]);
  expect(ids).not.toContain(archived.id);
});

test("a change with a stale version is refused: of changes at once each takes a version of its own", async () => {
  const { id } = await events().createEvent(anEvent());
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) => events().changeEvent(id, { issueLimit: 101 + index })),
  );
  const versions = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" ? [outcome.value.version] : [],
  );
  expect(new Set(versions).size).toBe(versions.length);
  expect((await events().findEvent(id))?.version).toBe(1 + versions.length);
  for (const outcome of outcomes)
    if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(EventChangeError);
});

test("the limit never shrinks, and a change that breaks a rule changes nothing", async () => {
  const event = await events().createEvent(anEvent());
  for (const change of [
    { issueLimit: 99 },
    { issueLimit: 10_000_001 },
    { issueLimit: 100.5 },
    { closesAtMs: event.opensAtMs },
    { closesAtMs: event.expiresAtMs + 1 },
  ]) {
    await expect(events().changeEvent(event.id, change), JSON.stringify(change)).rejects.toThrow(
      EventChangeError,
    );
  }
  expect(await events().findEvent(event.id)).toEqual(event);
  await expect(events().changeEvent(2_000_000_000, { status: "paused" })).rejects.toThrow(EventChangeError);
});

test("a change reads back as it was answered, and what is archived stays so", async () => {
  const { id } = await events().createEvent(anEvent());
  const changed = await events().changeEvent(id, {
    status: "paused",
    issueLimit: 500,
    closesAtMs: Date.now() + 60_000,
  });
  expect(changed).toMatchObject({ status: "paused", issueLimit: 500, version: 2 });
  expect(await events().findEvent(id)).toEqual(changed);
  expect(await events().changeEvent(id, { closesAtMs: null })).toMatchObject({
    closesAtMs: null,
    version: 3,
  });
  await database.mysql.db.update(couponEvent).set({ status: "archived" }).where(eq(couponEvent.id, id));
  await expect(events().changeEvent(id, { status: "active" })).rejects.toThrow(/archived/);
});

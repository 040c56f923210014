/** Demo data on a real MySQL: there at the first start, and never in the way of real data. */
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resolveCoupon } from "#server/coupon/coupon";
import { eventState, gateSettings } from "#server/coupon/coupon-event";
import { mysqlCouponShelf } from "./coupons.ts";
import { mysqlEpochStore } from "./epoch-store.ts";
import { mysqlEvents } from "./events.ts";
import { coupon } from "./schema.ts";
import { DEMO_USER, seedDemo } from "./seed.ts";
import { anEvent, createMigratedDatabase } from "./testing.ts";

const reporter = { count() {}, gauge() {}, info() {}, warn() {}, alarm() {} };
let database: Awaited<ReturnType<typeof createMigratedDatabase>>;

beforeEach(async () => {
  database = await createMigratedDatabase();
});
afterEach(() => database.drop());

const seed = () => seedDemo({ mysql: database.mysql, reporter });
const events = () => mysqlEvents({ db: database.mysql.db });

test("an empty database gets an event for every page: to come, open, sold out and ended", async () => {
  expect(await seed()).toBe(true);
  const nowMs = Date.now();
  const states = await Promise.all(
    (await events().liveEvents()).map(async (event) => {
      const rows = await database.mysql.db.select().from(coupon).where(eq(coupon.couponEventId, event.id));
      return eventState(gateSettings(event), nowMs, event.issueLimit - rows.length);
    }),
  );
  expect(new Set(states)).toEqual(new Set(["scheduled", "open", "sold_out", "closed"]));
  const scheduled = (await events().liveEvents()).find((event) => event.opensAtMs > nowMs);
  expect(scheduled?.issueLimit).toBe(100);
  expect(scheduled?.opensAtMs).toBeLessThanOrEqual(nowMs + 60_000);
});

test("the demo user finds a usable, a used and an expired coupon", async () => {
  await seed();
  const shelf = mysqlCouponShelf({ db: database.mysql.db });
  const { coupons, nowMs } = await shelf.couponsOf({
    userId: DEMO_USER,
    state: null,
    beforeId: null,
    limit: 20,
  });
  const states = coupons.map((owned) => resolveCoupon(owned, nowMs).state);
  expect(states.sort()).toEqual(["expired", "usable", "used"]);
  for (const { code } of coupons) expect(code).toMatch(/^[34679ACDEFGHJKMNPQRTVWXY]{12}$/);
});

test("an event with coupons counts as opened before, so that its gate is built from its rows", async () => {
  await seed();
  for (const event of await events().liveEvents()) {
    const rows = await database.mysql.db.select().from(coupon).where(eq(coupon.couponEventId, event.id));
    expect(event.openedEpoch).toBe(rows.length > 0 ? 0 : null);
  }
});

test("workers that start at once seed once", async () => {
  const results = await Promise.all([seed(), seed(), seed()]);
  expect(results.filter(Boolean)).toHaveLength(1);
});

test("a database with an event of one's own is left alone", async () => {
  await events().createEvent(anEvent());
  expect(await seed()).toBe(false);
  expect(await events().liveEvents()).toHaveLength(1);
});

test("once a gate was built nothing is seeded, since rows from outside would contradict it", async () => {
  await mysqlEpochStore({ mysql: database.mysql }).raiseEpoch({
    reason: "test",
    topic: "t",
    partitions: 1,
    after: 0,
  });
  expect(await seed()).toBe(false);
});

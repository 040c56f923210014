/** What reconciliation and archiving ask of the tables, on the real server. */
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { NewCouponEvent } from "#server/coupon/coupon-event";
import { EventChangeError } from "#server/coupon/ports";
import { mysqlEventAccounts } from "./accounts.ts";
import { mysqlEventArchive } from "./event-archive.ts";
import { mysqlEvents } from "./events.ts";
import { mysqlIssueStore } from "./issue-store.ts";
import { couponEvent, failedEvent } from "./schema.ts";
import { anEvent, createMigratedDatabase } from "./testing.ts";

const HOUR_MS = 3_600_000;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let eventId: number;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
beforeEach(async () => {
  eventId = (await opened()).id;
});
afterAll(() => database.drop());

const events = () => mysqlEvents(database.mysql);
const accounts = () => mysqlEventAccounts(database.mysql);
const archive = () => mysqlEventArchive(database.mysql);
const store = () => mysqlIssueStore(database.mysql);
let offset = 0;

async function opened(change: Partial<NewCouponEvent> = {}) {
  const event = await events().createEvent(anEvent(change));
  await set(event.id, { openedEpoch: 1 });
  return event;
}

async function set(id: number, change: Partial<typeof couponEvent.$inferInsert>): Promise<void> {
  await database.mysql.db.update(couponEvent).set(change).where(eq(couponEvent.id, id));
}

function origin() {
  offset += 1;
  return { topic: "claims", partition: 0, offset: String(offset) };
}

test("rows are counted per event, and an event without rows is not in the answer", async () => {
  const other = await opened();
  const place = { eventId, claimedAtMs: Date.now(), expiresAtMs: Date.now() };
  const rows = [1, 2, 3].map((rank) => ({ ...place, rank, userId: `u${rank}` }));
  await store().transaction((transaction) => transaction.insertCoupons(rows));
  expect(await accounts().rowCounts([eventId, other.id])).toEqual(new Map([[eventId, 3]]));
  expect(await accounts().rowCounts([])).toEqual(new Map());
});

test("parked and discarded records of the event come page by page, replayed and foreign ones do not", async () => {
  const record = { key: null, error: "broken", partitionEpoch: 1 };
  const values = ["one", "two", "three", "four"].map((value) => ({
    ...record,
    value,
    origin: origin(),
    eventId,
  }));
  const foreign = { ...record, value: "foreign", origin: origin(), eventId: null };
  await store().transaction((transaction) => transaction.park([...values, foreign]));
  const setState = (value: string, state: "discarded" | "replayed") =>
    database.mysql.db.update(failedEvent).set({ state }).where(eq(failedEvent.rawValue, value));
  await setState("two", "discarded");
  await setState("three", "replayed");

  const first = await accounts().failedOfEvent({ eventId, afterId: 0, limit: 2 });
  expect(first).toMatchObject([
    { value: "one", state: "parked" },
    { value: "two", state: "discarded" },
  ]);
  const rest = await accounts().failedOfEvent({ eventId, afterId: first[1]?.id ?? 0, limit: 2 });
  expect(rest).toMatchObject([{ value: "four", state: "parked" }]);
});

test("conflicts are counted by their kind, for the event that their record names", async () => {
  const conflict = { record: "{}", standing: null };
  await store().transaction((transaction) =>
    transaction.recordConflicts([
      { ...conflict, origin: origin(), kind: "stale_epoch", eventId },
      { ...conflict, origin: origin(), kind: "stale_epoch", eventId },
      { ...conflict, origin: origin(), kind: "rank_taken", eventId },
      { ...conflict, origin: origin(), kind: "over_limit", eventId: null },
    ]),
  );
  const none = { rank_taken: 0, user_has_other_rank: 0, over_limit: 0, stale_epoch: 0 };
  expect(await accounts().conflictCounts(eventId)).toEqual({ ...none, stale_epoch: 2, rank_taken: 1 });
});

test("an event is ended only at the version that was looked at, and of two at once only one succeeds", async () => {
  const end = (version: number) => archive().endEvent({ eventId, version, status: "closed" });
  expect(await end(7)).toBeNull();
  expect((await Promise.all([end(1), end(1)])).sort()).toEqual([2, null]);
  expect(await events().findEvent(eventId)).toMatchObject({ status: "closed", version: 2 });
});

test("only a closed event is archived, and an archived one can neither be closed nor changed", async () => {
  const end = (version: number, status: "closed" | "archived") =>
    archive().endEvent({ eventId, version, status });
  expect(await end(1, "archived")).toBeNull();
  await end(1, "closed");
  expect(await end(2, "archived")).toBe(3);
  expect(await end(3, "closed")).toBeNull();
  await expect(events().changeEvent(eventId, { status: "active" })).rejects.toThrow(EventChangeError);
  expect((await events().liveEvents()).map(({ id }) => id)).not.toContain(eventId);
  expect(await events().findEvent(eventId)).toMatchObject({ status: "archived", version: 3 });
});

test("events that have been over for long enough are due, however they ended", async () => {
  const pastMs = Date.now() - 3 * HOUR_MS;
  const window = { opensAtMs: pastMs - HOUR_MS, expiresAtMs: Date.now() + HOUR_MS };
  const closedByClock = await opened({ ...window, closesAtMs: pastMs });
  const expired = await opened({ ...window, closesAtMs: null, expiresAtMs: pastMs });
  const paused = await opened({ ...window, closesAtMs: pastMs });
  await set(paused.id, { status: "paused" });
  const closedByHand = await opened();
  await set(closedByHand.id, {
    status: "closed",
    updatedAt: sql`utc_timestamp(3) - interval 3 hour` as never,
  });
  const closedJustNow = await opened();
  await set(closedJustNow.id, { status: "closed" });
  const neverOpened = await opened({ ...window, closesAtMs: pastMs });
  await set(neverOpened.id, { openedEpoch: null });
  const archived = await opened({ ...window, closesAtMs: pastMs });
  await set(archived.id, { status: "archived" });

  const due = await archive().endedEvents({ endedForHours: 2, limit: 100 });
  expect(due).toEqual([closedByClock.id, expired.id, paused.id, closedByHand.id]);
  expect(await archive().endedEvents({ endedForHours: 2, limit: 2 })).toEqual(due.slice(0, 2));
  expect(await archive().endedEvents({ endedForHours: 4, limit: 100 })).toEqual([]);
});

test("what was archived in the last day is remembered for the keys that may come again", async () => {
  await set(eventId, { status: "archived" });
  const old = await opened();
  await set(old.id, { status: "archived", updatedAt: sql`utc_timestamp(3) - interval 25 hour` as never });
  const recent = await archive().recentlyArchived();
  expect(recent).toContain(eventId);
  expect(recent).not.toContain(old.id);
});

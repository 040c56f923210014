/** Parked records on the real server: two operators at once, a rebuild that reads meanwhile, back-off, and pages. */
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { encodeRecord } from "#server/coupon/claim-record";
import type { CouponEvent } from "#server/coupon/coupon-event";
import { discardRecord } from "#server/coupon/discard";
import type { FailedRecord, IssueTransaction, Reporter } from "#server/coupon/ports";
import { createReplayer } from "#server/coupon/replay";
import { mysqlEvents } from "./events.ts";
import { listFailed, mysqlFailedStore } from "./failed-records.ts";
import { mysqlIssueStore } from "./issue-store.ts";
import { mysqlSeatLedger } from "./ledger.ts";
import { coupon, couponEvent, failedEvent } from "./schema.ts";
import { anEvent, createMigratedDatabase } from "./testing.ts";

const NO_EVENT = 2_000_000_000;
const silent: Reporter = { count() {}, gauge() {}, info() {}, warn() {}, alarm() {} };
let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let event: CouponEvent;
let nextOffset = 0;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.mysql.db.delete(failedEvent);
  event = await mysqlEvents(database.mysql).createEvent(anEvent());
  await openedIn(1);
});

const openedIn = (openedEpoch: number | null) =>
  database.mysql.db.update(couponEvent).set({ openedEpoch }).where(eq(couponEvent.id, event.id));
const store = () => mysqlFailedStore(database.mysql);
const replayer = () => createReplayer({ store: store(), reporter: silent });
const inTransaction = <T>(work: (transaction: IssueTransaction) => Promise<T>) =>
  mysqlIssueStore(database.mysql).transaction(work);

function claimRecord(userId: string, rank: number, more: Partial<FailedRecord> = {}): FailedRecord {
  nextOffset += 1;
  const claimedAt = "2027-01-15T08:00:00.123Z";
  const couponEventId = more.eventId ?? event.id;
  const record = { v: 1 as const, epoch: 1, couponEventId, userId, rank, claimedAt, requestId: "r" };
  return {
    origin: { topic: "claims", partition: 0, offset: String(nextOffset) },
    ...{ key: userId, value: encodeRecord(record), error: "refused" },
    ...{ partitionEpoch: 1, eventId: event.id, ...more },
  };
}

/** @returns the ids, in the order of the records */
async function parked(...records: FailedRecord[]): Promise<number[]> {
  await inTransaction((transaction) => transaction.park(records));
  const rows = await database.mysql.db.select().from(failedEvent).orderBy(failedEvent.id);
  return records.map(({ origin }) => rows.find((row) => String(row.offset) === origin.offset)?.id ?? 0);
}

const stateOf = async (id: number) => (await store().findFailed(id))?.state;
const seats = async () =>
  (await database.mysql.db.select().from(coupon).where(eq(coupon.couponEventId, event.id)))
    .map(({ userId, rank }) => `${userId}#${rank}`)
    .sort();
const rested = (id: number, seconds: number) =>
  database.mysql.db
    .update(failedEvent)
    .set({ lastSeenAt: sql`utc_timestamp(3) - interval ${seconds} second` })
    .where(eq(failedEvent.id, id));

test("many replays of one record at once issue it once, and the others say so", async () => {
  const [id = 0] = await parked(claimRecord("kim", 1));
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => replayer().replay(id)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["issued", ...Array(7).fill("not_parked")]);
  expect(await seats()).toEqual(["kim#1"]);
  expect(await stateOf(id)).toBe("replayed");
});

test("a replay that the database refuses again keeps the record parked, with the reason and one more attempt", async () => {
  const [id = 0] = await parked(claimRecord("kim", 1, { eventId: NO_EVENT }));
  const outcome = await replayer().replay(id);
  expect(outcome).toEqual({ status: "refused", error: `there is no coupon event ${NO_EVENT}` });
  expect(await store().findFailed(id)).toMatchObject({
    ...{ state: "parked", attempts: 2, error: `there is no coupon event ${NO_EVENT}` },
  });
});

test("a replay and a discard of one record at once: one of them has it, and the rows agree", async () => {
  for (let round = 1; round <= 10; round += 1) {
    const [id = 0] = await parked(claimRecord(`user-${round}`, round));
    const [replayed, discarded] = await Promise.all([replayer().replay(id), discardRecord(store(), id)]);
    const isIssued = replayed.status === "issued";
    expect(discarded.status).toBe(isIssued ? "not_parked" : "discarded");
    expect((await seats()).includes(`user-${round}#${round}`)).toBe(isIssued);
  }
});

test("two who discard copies of one seat at once do not stop each other", async () => {
  const records = Array.from({ length: 20 }, () => claimRecord("kim", 1));
  const ids = await parked(...records, claimRecord("lee", 2));
  const leesId = ids.pop() ?? 0;
  const outcomes = await Promise.all([ids[0], ids[19], ids[7]].map((id) => discardRecord(store(), id ?? 0)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["discarded", "not_parked", "not_parked"]);
  expect(await Promise.all(ids.map(stateOf))).toEqual(Array(20).fill("discarded"));
  expect(await stateOf(leesId)).toBe("parked");
});

test("a rebuild that reads while a record is replayed finds its seat among the parked or among the rows", async () => {
  const ledger = mysqlSeatLedger(database.mysql);
  for (let round = 1; round <= 10; round += 1) {
    const [id = 0] = await parked(claimRecord(`user-${round}`, round));
    const read = async () => ({
      failed: await ledger.failedRecords({ afterId: id - 1, limit: 1 }),
      rows: await ledger.seatRows({ eventId: event.id, afterRank: round - 1, limit: 1 }),
    });
    const [{ failed, rows }] = await Promise.all([read(), replayer().replay(id)]);
    expect(failed.length + rows.length).toBeGreaterThan(0);
  }
});

test("only rested claim records of events that exist are due, those that rested longest first", async () => {
  const [fresh = 0, long = 0, short = 0, often = 0, stranger = 0, broken = 0] = await parked(
    claimRecord("fresh", 1),
    claimRecord("long", 2),
    claimRecord("short", 3),
    claimRecord("often", 4),
    claimRecord("stranger", 5, { eventId: NO_EVENT }),
    claimRecord("broken", 6, { eventId: null, value: "{" }),
  );
  for (const id of [long, stranger, broken]) await rested(id, 300);
  await rested(short, 31);
  await rested(often, 300);
  await database.mysql.db.update(failedEvent).set({ attempts: 5 }).where(eq(failedEvent.id, often));
  expect(await store().dueForReplay(10)).toEqual([long, short]);
  expect(await store().dueForReplay(1)).toEqual([long]);
  await rested(often, 3601);
  await rested(fresh, 29);
  expect(await store().dueForReplay(10)).toEqual([often, long, short]);
  await database.mysql.db.update(failedEvent).set({ attempts: 2_000_000_000 });
  expect(await store().dueForReplay(10)).toEqual([often]);
});

test("a record that is older than its event's first opening is never due", async () => {
  const [id = 0] = await parked(claimRecord("kim", 1));
  await rested(id, 300);
  for (const openedEpoch of [2, null]) {
    await openedIn(openedEpoch);
    expect(await store().dueForReplay(10)).toEqual([]);
  }
  await openedIn(1);
  expect(await store().dueForReplay(10)).toEqual([id]);
});

test("a record that is set aside gets its bytes and its epoch when a worker comes past it, and keeps the reason", async () => {
  const record = claimRecord("forger", 3, { error: "of epoch 99", partitionEpoch: 7 });
  const isSetAside = () => inTransaction((transaction) => transaction.isSetAside(record.origin));
  expect(await isSetAside()).toBe(false);
  const id = await store().setAside({ origin: record.origin, reason: "forged" });
  expect(await store().setAside({ origin: record.origin, reason: "again" })).toBeNull();
  expect(await isSetAside()).toBe(true);
  expect(await store().findFailed(id ?? 0)).toMatchObject({ attempts: 0, value: null, partitionEpoch: 0 });
  await parked(record);
  expect(await store().findFailed(id ?? 0)).toMatchObject({
    ...{ state: "parked", attempts: 1, error: "forged" },
    ...{ key: "forger", value: record.value, partitionEpoch: 7, eventId: event.id },
  });
});

test("a list is read page by page, in the order of ids, and shows the beginning of long records", async () => {
  const records = Array.from({ length: 5 }, (_, index) => claimRecord(`user-${index}`, index + 1));
  const ids = await parked(
    ...records,
    claimRecord("broken", 9, { eventId: null, value: "x".repeat(500_000) }),
  );
  await discardRecord(store(), ids[1] ?? 0);
  const page = (afterId: number, eventId: number | null = event.id) =>
    listFailed(database.mysql.db, { eventId, state: "parked", afterId, limit: 2 });
  const first = await page(0);
  const second = await page(first[1]?.id ?? 0);
  expect([...first, ...second].map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3], ids[4]]);
  const [broken] = await page(ids[4] ?? 0, null);
  expect(broken).toMatchObject({ id: ids[5], eventId: null });
  expect(broken?.start?.length).toBe(200);
});

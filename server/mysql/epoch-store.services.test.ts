/** The epoch and what a rebuild reads, on the real server. */
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { mysqlEpochStore } from "./epoch-store.ts";
import { mysqlEvents } from "./events.ts";
import { mysqlIssueStore } from "./issue-store.ts";
import { mysqlSeatLedger } from "./ledger.ts";
import { failedEvent, partitionEpoch } from "./schema.ts";
import { anEvent, createMigratedDatabase } from "./testing.ts";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.mysql.db.execute(sql`update gate_epoch set epoch = 0, topic = '', partitions = 0`);
  await database.mysql.db.delete(partitionEpoch);
});

const store = () => mysqlEpochStore(database);
const next = { reason: "test", topic: "claims", partitions: 3, after: 0 };
const reached = (topic: string, partition: number, epoch: number) =>
  database.mysql.db.insert(partitionEpoch).values({ topic, partition, epoch });

test("of guardians that raise the same epoch at once, one begins the next", async () => {
  const epochs = await Promise.all(Array.from({ length: 20 }, () => store().raiseEpoch(next)));
  expect(epochs.filter((epoch) => epoch !== null)).toEqual([1]);
  expect(await store().currentEpoch()).toEqual({ epoch: 1, topic: "claims", partitions: 3 });
  expect(await store().raiseEpoch({ ...next, after: 1 })).toBe(2);
});

test("a new epoch is above the one that the claim log is known to hold", async () => {
  expect(await store().raiseEpoch({ ...next, above: 7 })).toBe(8);
});

test("a new epoch is above every epoch that a partition has reached", async () => {
  await reached("claims", 1, 41);
  expect(await store().raiseEpoch({ ...next, reason: "r".repeat(2_000) })).toBe(42);
});

test("partitions without a reader are at epoch 0, and other topics do not count", async () => {
  await reached("claims", 0, 4);
  await reached("claims", 2, 5);
  await reached("other", 1, 9);
  expect(await store().partitionEpochs("claims", 3)).toEqual([4, 0, 5]);
  expect(await store().partitionEpochs("claims", 1)).toEqual([4]);
  expect((await store().logTopics()).sort((a, b) => a.topic.localeCompare(b.topic))).toEqual([
    { topic: "claims", partitions: 3 },
    { topic: "other", partitions: 2 },
  ]);
});

test("opened_epoch is set once, and only under the current epoch", async () => {
  const { id } = await mysqlEvents(database.mysql).createEvent(anEvent());
  const epoch = (await store().raiseEpoch(next)) ?? 0;
  expect(await store().setOpenedEpoch(id, epoch - 1)).toBe(false);
  const openers = await Promise.all(Array.from({ length: 10 }, () => store().setOpenedEpoch(id, epoch)));
  expect(openers.filter(Boolean)).toHaveLength(1);
  const later = (await store().raiseEpoch({ ...next, after: epoch })) ?? 0;
  expect(await store().setOpenedEpoch(id, later)).toBe(false);
  expect((await mysqlEvents(database.mysql).findEvent(id))?.openedEpoch).toBe(epoch);
});

test("one guardian rebuilds at a time, in this database", async () => {
  const [one, other] = [database.connect(), database.connect()].map((mysql) => mysqlEpochStore({ mysql }));
  const seenByOther = await one?.withRebuildLock(async () => other?.withRebuildLock(async () => "granted"));
  expect(seenByOther).toBeNull();
  expect(await other?.withRebuildLock(async () => "granted")).toBe("granted");
});

test("a rebuild reads every row once, in the order of ranks, and the highest rank of each event", async () => {
  const events = mysqlEvents(database.mysql);
  const [event, empty] = [await events.createEvent(anEvent()), await events.createEvent(anEvent())];
  const rows = [5, 1, 9, 3].map((rank) => ({
    eventId: event.id,
    userId: `user-${rank}`,
    rank,
    claimedAtMs: 1_800_000_000_123,
    expiresAtMs: event.expiresAtMs,
  }));
  await mysqlIssueStore(database.mysql).transaction((transaction) => transaction.insertCoupons(rows));
  const ledger = mysqlSeatLedger(database.mysql);
  const page = (afterRank: number) => ledger.seatRows({ eventId: event.id, afterRank, limit: 3 });
  expect((await page(0)).map((seat) => seat.rank)).toEqual([1, 3, 5]);
  expect(await page(5)).toEqual([{ userId: "user-9", rank: 9, claimedAtMs: 1_800_000_000_123 }]);
  expect(await ledger.highestRanks([event.id, empty.id])).toEqual(new Map([[event.id, 9]]));
});

test("a failed record counts until it is replayed, and says whether it was discarded", async () => {
  const records = ["1", "2", "3"].map((offset) => ({
    origin: { topic: "claims", partition: 0, offset },
    key: null,
    value: offset === "2" ? null : `value ${offset}`,
    error: "broken",
    partitionEpoch: 1,
    eventId: null,
  }));
  await mysqlIssueStore(database.mysql).transaction((transaction) => transaction.park(records));
  const ledger = mysqlSeatLedger(database.mysql);
  const first = await ledger.failedRecords({ afterId: 0, limit: 2 });
  expect(first.map((record) => record.value)).toEqual(["value 1", null]);
  const afterFirst = () => ledger.failedRecords({ afterId: first[1]?.id ?? 0, limit: 2 });
  expect(await afterFirst()).toMatchObject([{ value: "value 3", state: "parked" }]);
  await database.mysql.db.update(failedEvent).set({ state: "discarded" }).where(eq(failedEvent.offset, 3n));
  expect(await afterFirst()).toMatchObject([{ value: "value 3", state: "discarded" }]);
  await database.mysql.db.update(failedEvent).set({ state: "replayed" }).where(eq(failedEvent.offset, 3n));
  expect(await afterFirst()).toEqual([]);
});

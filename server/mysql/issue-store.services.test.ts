/** The worker's transaction on the real server: exact counts, atomic refusals, and two workers at once. */
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { CouponEvent } from "#server/coupon/coupon-event";
import { type CouponRow, type IssueTransaction, RowRefusedError } from "#server/coupon/ports";
import { mysqlEvents } from "./events.ts";
import { mysqlIssueStore } from "./issue-store.ts";
import { coupon, failedEvent, issueConflict } from "./schema.ts";
import { anEvent, createMigratedDatabase } from "./testing.ts";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let event: CouponEvent;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  event = await mysqlEvents(database.mysql).createEvent(anEvent({ issueLimit: 10_000 }));
});

const store = () => mysqlIssueStore(database.mysql);
const inTransaction = <T>(work: (transaction: IssueTransaction) => Promise<T>) => store().transaction(work);
const row = (userId: string, rank: number): CouponRow => ({
  eventId: event.id,
  userId,
  rank,
  claimedAtMs: 1_800_000_000_123,
  expiresAtMs: event.expiresAtMs,
});
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(`user-${index}`, index + 1));
const storedSeats = async () =>
  database.mysql.db
    .select({ userId: coupon.userId, rank: coupon.rank })
    .from(coupon)
    .where(eq(coupon.couponEventId, event.id))
    .orderBy(coupon.rank);
const origin = (offset: string) => ({ topic: `t${event.id}`, partition: 0, offset });

/** The server renews its list of transactions only when nobody has read it for 100 ms. */
const WAITS_FOR_LOCKS = { timeout: 10_000, interval: 150 };

async function transactionsWaitingForLocks() {
  const [rows] = await database.mysql.db.execute(
    sql`select t.trx_id from information_schema.innodb_trx t
        join information_schema.processlist p on p.id = t.trx_mysql_thread_id
        where p.db = database() and t.trx_state = 'LOCK WAIT'`,
  );
  return (rows as unknown as unknown[]).length;
}

test("counts inserted rows exactly when some clash on either unique key", async () => {
  await inTransaction((transaction) => transaction.insertCoupons([row("kim", 1), row("lee", 2)]));
  const inserted = await inTransaction((transaction) =>
    transaction.insertCoupons([row("kim", 1), row("kim", 3), row("park", 2), row("choi", 4), row("jung", 5)]),
  );
  expect(inserted).toBe(2);
  expect(await storedSeats()).toEqual([
    { userId: "kim", rank: 1 },
    { userId: "lee", rank: 2 },
    { userId: "choi", rank: 4 },
    { userId: "jung", rank: 5 },
  ]);
});

test("a record that stands twice in one batch makes one row, and so does a second seat of its user", async () => {
  const inserted = await inTransaction((transaction) =>
    transaction.insertCoupons([row("lee", 1), row("lee", 1), row("park", 2), row("park", 3), row("kim", 4)]),
  );
  expect(inserted).toBe(3);
  expect((await storedSeats()).map((seat) => seat.rank)).toEqual([1, 2, 4]);
});

test("a thousand rows go in at once, and times keep their milliseconds", async () => {
  expect(await inTransaction((transaction) => transaction.insertCoupons(rows(1_000)))).toBe(1_000);
  const [standing] = await inTransaction((transaction) => transaction.standingRows([row("nobody", 1_000)]));
  expect(standing).toEqual({
    eventId: event.id,
    userId: "user-999",
    rank: 1_000,
    claimedAtMs: 1_800_000_000_123,
  });
});

test("Kim and kim are two users", async () => {
  expect(
    await inTransaction((transaction) => transaction.insertCoupons([row("Kim", 1), row("kim", 2)])),
  ).toBe(2);
});

test("bad data is refused with nothing inserted, and the transaction goes on", async () => {
  await inTransaction(async (transaction) => {
    for (const bad of [row("x".repeat(65), 2), row("lee", 0), { ...row("lee", 2), eventId: 2_000_000_000 }]) {
      await expect(transaction.insertCoupons([row("kim", 1), bad, row("park", 3)])).rejects.toThrow(
        RowRefusedError,
      );
    }
    expect(await transaction.insertCoupons([row("choi", 1)])).toBe(1);
  });
  expect(await storedSeats()).toEqual([{ userId: "choi", rank: 1 }]);
});

test("a transaction that fails leaves nothing behind", async () => {
  const failing = inTransaction(async (transaction) => {
    await transaction.insertCoupons(rows(3));
    const bad = {
      origin: origin("1"),
      key: null,
      value: "x",
      error: "bad",
      partitionEpoch: 1,
      eventId: null,
    };
    await transaction.park([bad]);
    throw new Error("the batch failed");
  });
  await expect(failing).rejects.toThrow("the batch failed");
  expect(await storedSeats()).toEqual([]);
  expect(await database.mysql.db.$count(failedEvent, eq(failedEvent.topic, origin("1").topic))).toBe(0);
});

test("two workers inserting the same batch at once make each row once and never deadlock", async () => {
  const batch = rows(500);
  for (let round = 0; round < 5; round += 1) {
    const shuffled = () =>
      [...batch]
        .sort(() => Math.random() - 0.5)
        .map((each) => ({ ...each, userId: `${round}-${each.userId}`, rank: each.rank + round * 500 }));
    const counts = await Promise.all(
      [shuffled(), shuffled(), shuffled()].map((each) =>
        inTransaction((transaction) => transaction.insertCoupons(each)),
      ),
    );
    expect(counts.reduce((sum, count) => sum + count)).toBe(500);
  }
});

test("a read-back sees rows committed by another worker after this transaction began", async () => {
  await inTransaction(async (transaction) => {
    expect(await transaction.standingRows([row("kim", 1)])).toEqual([]);
    await inTransaction((other) => other.insertCoupons([row("kim", 7), row("lee", 1)]));
    expect(await transaction.insertCoupons([row("kim", 1)])).toBe(0);
    const standing = await transaction.standingRows([row("kim", 1)]);
    expect(standing.map(({ userId, rank }) => `${userId} ${rank}`).sort()).toEqual(["kim 7", "lee 1"]);
  });
});

test("issue rules are those of this moment, and unknown events are missing", async () => {
  await inTransaction(async (transaction) => {
    expect((await transaction.issueRules([event.id])).get(event.id)?.issueLimit).toBe(10_000);
    await mysqlEvents(database.mysql).changeEvent(event.id, { issueLimit: 20_000 });
    const rules = await transaction.issueRules([event.id, 2_000_000_000]);
    expect(rules).toEqual(new Map([[event.id, { issueLimit: 20_000, expiresAtMs: event.expiresAtMs }]]));
  });
});

test.each(["new", "known"])(
  "two readers of a %s partition go one after the other, and the second sees what the first wrote",
  async (kind) => {
    const source = { topic: `t${event.id}`, partition: 3 };
    if (kind === "known") await inTransaction((transaction) => transaction.lockPartition(source));
    const firstHasTheLock = Promise.withResolvers<void>();
    const firstMayCommit = Promise.withResolvers<void>();
    const first = inTransaction(async (transaction) => {
      expect(await transaction.lockPartition(source)).toMatchObject({ partitionEpoch: 0 });
      firstHasTheLock.resolve();
      await transaction.raisePartitionEpoch(source, 4);
      await firstMayCommit.promise;
    });
    await firstHasTheLock.promise;
    let secondGotIt = false;
    const second = inTransaction(async (transaction) => {
      const epochs = await transaction.lockPartition(source);
      secondGotIt = true;
      return epochs;
    });
    await vi.waitFor(async () => expect(await transactionsWaitingForLocks()).toBe(1), WAITS_FOR_LOCKS);
    expect(secondGotIt).toBe(false);
    await database.mysql.db.execute(sql`update gate_epoch set epoch = 9`);
    firstMayCommit.resolve();
    await first;
    expect(await second).toEqual({ gateEpoch: 9, partitionEpoch: 4 });
  },
);

test("a partition's epoch is never lowered", async () => {
  const source = { topic: `t${event.id}`, partition: 0 };
  const raiseTo = (epoch: number) =>
    inTransaction(async (transaction) => {
      await transaction.lockPartition(source);
      await transaction.raisePartitionEpoch(source, epoch);
      return (await transaction.lockPartition(source)).partitionEpoch;
    });
  expect(await raiseTo(5)).toBe(5);
  expect(await raiseTo(3)).toBe(5);
});

test("a record that is parked twice is one row, with its bytes, its count and its state", async () => {
  const parked = {
    origin: origin("9223372036854775807"),
    key: "김",
    value: "{broken",
    error: "e".repeat(5_000),
    partitionEpoch: 2,
    eventId: event.id,
  };
  await inTransaction((transaction) => transaction.park([parked]));
  await database.mysql.db
    .update(failedEvent)
    .set({ state: "discarded" })
    .where(eq(failedEvent.topic, parked.origin.topic));
  await inTransaction((transaction) => transaction.park([parked]));
  const stored = await database.mysql.db
    .select()
    .from(failedEvent)
    .where(eq(failedEvent.topic, parked.origin.topic));
  expect(stored).toMatchObject([
    {
      offset: 9223372036854775807n,
      recordKey: "김",
      rawValue: "{broken",
      partitionEpoch: 2,
      couponEventId: event.id,
      attempts: 2,
      state: "discarded",
    },
  ]);
});

test("a conflict that is recorded twice is one row, with the row that stands", async () => {
  const standing = { eventId: event.id, userId: "Kim", rank: 3, claimedAtMs: 1_800_000_000_123 };
  const eventId = event.id;
  const conflict = { kind: "rank_taken" as const, origin: origin("7"), eventId, record: "{}", standing };
  for (const again of [1, 2]) {
    await inTransaction((transaction) =>
      transaction.recordConflicts([
        conflict,
        { ...conflict, kind: "stale_epoch", origin: origin("8"), standing: null },
      ]),
    );
    expect(
      await database.mysql.db.$count(issueConflict, eq(issueConflict.topic, origin("7").topic)),
      `time ${again}`,
    ).toBe(2);
  }
  const [stored] = await database.mysql.db
    .select()
    .from(issueConflict)
    .where(eq(issueConflict.topic, origin("7").topic));
  expect(stored).toMatchObject({
    kind: "rank_taken",
    couponEventId: eventId,
    standingUserId: "Kim",
    standingRank: 3,
    standingClaimedAt: new Date(1_800_000_000_123),
  });
});

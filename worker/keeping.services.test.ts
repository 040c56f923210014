/** The guardian's books on a real Redis, Kafka and MySQL: a lost row comes back, and what is over is archived. */
import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { coupon, couponEvent } from "#server/mysql/schema";
import { eventKeys } from "#server/redis/keys";
import { startTestWorker, type TestWorker } from "./testing.ts";

const WAIT = { timeout: 30_000, interval: 50 };
const { signal } = new AbortController();

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker({ partitions: 2, archiveAfterHours: 1 });
  worker.guard();
  worker.consume();
});
afterAll(() => worker?.stop());

async function status(eventId: number) {
  const { epoch } = await worker.parts.epochs.currentEpoch();
  const reply = await worker.gate.status({ epoch, eventId, userIds: [] });
  return reply.fenced ? null : reply.value;
}

/** An event whose seats have their rows, and whose outbox is empty. */
async function eventWithWinners(...userIds: string[]): Promise<number> {
  const { id } = await worker.newEvent();
  await expect.poll(() => status(id).catch(() => null), WAIT).not.toBeNull();
  const { epoch } = await worker.parts.epochs.currentEpoch();
  await worker.gate.claim({ epoch, eventId: id, userIds });
  await expect.poll(async () => Object.keys(await worker.rows(id)).length, WAIT).toBe(userIds.length);
  await expect.poll(async () => (await status(id))?.pending, WAIT).toBe(0);
  return id;
}

async function set(id: number, change: Partial<typeof couponEvent.$inferInsert>): Promise<void> {
  await worker.db.update(couponEvent).set(change).where(eq(couponEvent.id, id));
}

const statusInMysql = async (id: number) => (await worker.events.findEvent(id))?.status;

test("a row that somebody deleted is issued again, with the same rank", async () => {
  const id = await eventWithWinners("ann", "bob", "cho");
  await worker.db.delete(coupon).where(and(eq(coupon.couponEventId, id), eq(coupon.userId, "bob")));
  // The first look may meet a log that has not been read to its end yet.
  await expect
    .poll(() => worker.parts.bookkeeper.compare(signal).then(() => worker.rows(id)), WAIT)
    .toEqual({ ann: 1, bob: 2, cho: 3 });
});

test("a row that the gate knows nothing of brings about a rebuild, which seats its user", async () => {
  const id = await eventWithWinners("ann");
  await worker.parts.bookkeeper.compare(signal);
  const { epoch } = await worker.parts.epochs.currentEpoch();
  // Two writes that the counts in the fence cannot tell from the truth.
  const [, usersKey, , freeKey] = eventKeys(id);
  await worker.redis.client.multi().hdel(usersKey, "ann").zadd(freeKey, 1, "1").exec();
  await worker.parts.bookkeeper.compare(signal);
  await expect
    .poll(async () => (await worker.parts.epochs.currentEpoch()).epoch, WAIT)
    .toBeGreaterThan(epoch);
  await expect.poll(() => worker.redis.client.hget(usersKey, "ann"), WAIT).toMatch(/^1\|/);
});

test("an event that has been over for long enough is archived by itself, and its keys go", async () => {
  const id = await eventWithWinners("ann", "bob");
  await worker.parts.archiveRounds.round(signal);
  expect(await statusInMysql(id)).toBe("active");

  await worker.events.changeEvent(id, { status: "closed" });
  await set(id, { updatedAt: sql`utc_timestamp(3) - interval 2 hour` as never });
  await worker.parts.archiveRounds.round(signal);
  expect(await statusInMysql(id)).toBe("archived");
  expect(await worker.redis.client.exists(...eventKeys(id))).toBe(0);
  expect(await worker.rows(id)).toEqual({ ann: 1, bob: 2 });
});

test("an event with a seat that has no coupon is repaired before it is archived", async () => {
  const id = await eventWithWinners("ann", "bob");
  await worker.db.delete(coupon).where(and(eq(coupon.couponEventId, id), eq(coupon.userId, "ann")));
  await worker.events.changeEvent(id, { status: "closed" });
  await set(id, { updatedAt: sql`utc_timestamp(3) - interval 2 hour` as never });
  await worker.parts.archiveRounds.round(signal);
  expect(await statusInMysql(id)).toBe("archived");
  expect(await worker.rows(id)).toEqual({ ann: 1, bob: 2 });
});

/** The guardian on a real Redis, Kafka and MySQL: whatever the gate forgets, its seats come back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { LIMIT_RAISE_DELAY_MS } from "#server/coupon/ports";
import { startTestWorker, type TestWorker } from "./testing.ts";

const WAIT = { timeout: 30_000, interval: 50 };

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker({ partitions: 2 });
  worker.guard();
  worker.consume();
});
afterAll(() => worker?.stop());

/** The gate's status of an event; null while it cannot speak. */
async function status(eventId: number, userIds: string[] = []) {
  try {
    const { epoch } = await worker.parts.epochs.currentEpoch();
    const reply = await worker.gate.status({ epoch, eventId, userIds });
    return reply.fenced ? null : reply.value;
  } catch {
    return null;
  }
}

async function opened(eventId: number): Promise<void> {
  await expect.poll(async () => (await status(eventId)) !== null, WAIT).toBe(true);
}

/** Seats users and leaves the rest to the guardian, as a web process does that dies right behind the script. */
async function claim(eventId: number, userIds: string[]): Promise<number[]> {
  const { epoch } = await worker.parts.epochs.currentEpoch();
  const reply = await worker.gate.claim({ epoch, eventId, userIds });
  if (reply.fenced) throw new Error(`fenced: ${reply.reason}`);
  return reply.value.decisions.map((decision) => (decision.decision === "seated" ? decision.rank : 0));
}

async function ranksInGate(eventId: number, userIds: string[]) {
  const reply = await status(eventId, userIds);
  return reply && userIds.map((_, index) => reply.seats[index]?.rank ?? null);
}

test("the first start makes topic and epoch, and opens the gate of every event", async () => {
  const { id } = await worker.newEvent();
  await opened(id);
  expect(await worker.parts.epochs.currentEpoch()).toMatchObject({ topic: worker.topic, partitions: 2 });
  expect(await claim(id, ["ann", "bob"])).toEqual([1, 2]);
});

test("a seat whose web process died reaches the coupon table without anyone pressing again", async () => {
  const { id } = await worker.newEvent();
  await opened(id);
  await claim(id, ["ann", "bob"]);
  await expect.poll(() => worker.rows(id), WAIT).toEqual({ ann: 1, bob: 2 });
  await expect.poll(async () => (await status(id))?.pending, WAIT).toBe(0);
});

test("after Redis was killed the gate opens again by itself, with the same seats", async () => {
  const { id } = await worker.newEvent();
  await opened(id);
  await claim(id, ["ann", "bob"]);
  await expect.poll(() => worker.rows(id), WAIT).toEqual({ ann: 1, bob: 2 });
  const before = await worker.parts.epochs.currentEpoch();

  await worker.redisServer.kill("SIGKILL");
  await worker.redisServer.start();
  await expect.poll(() => ranksInGate(id, ["ann", "bob", "cho"]), WAIT).toEqual([1, 2, null]);
  expect((await worker.parts.epochs.currentEpoch()).epoch).toBeGreaterThan(before.epoch);
  expect(await claim(id, ["bob", "cho"])).toEqual([2, 3]);
});

test("after everything in Redis was deleted every issued seat is back, and no rank is given twice", async () => {
  const { id } = await worker.newEvent();
  await opened(id);
  await claim(id, ["ann", "bob"]);
  await expect.poll(() => worker.rows(id), WAIT).toEqual({ ann: 1, bob: 2 });

  await worker.redis.client.flushall();
  await expect.poll(() => ranksInGate(id, ["ann", "bob"]), WAIT).toEqual([1, 2]);
  expect(await claim(id, ["cho", "ann"])).toEqual([3, 1]);
  await expect.poll(() => worker.rows(id), WAIT).toEqual({ ann: 1, bob: 2, cho: 3 });
});

test("an event that was paused while its gate was being rebuilt is paused when it opens", async () => {
  const { id } = await worker.newEvent();
  await opened(id);
  const before = await worker.parts.epochs.currentEpoch();
  await worker.redis.client.flushall();
  await expect
    .poll(async () => (await worker.parts.epochs.currentEpoch()).epoch, { ...WAIT, interval: 5 })
    .toBeGreaterThan(before.epoch);
  expect(await status(id)).toBeNull();
  await worker.events.changeEvent(id, { status: "paused" });
  await expect
    .poll(async () => (await status(id))?.settings, WAIT)
    .toMatchObject({ status: "paused", version: 2 });
});

test("a change that its command never brought to the gate is brought there by the guardian", async () => {
  const { id } = await worker.newEvent({ issueLimit: 1 });
  await opened(id);
  await worker.events.changeEvent(id, { issueLimit: 2 });
  await expect.poll(async () => (await status(id))?.settings.limit, WAIT).toBe(2);
  await expect
    .poll(async () => (await status(id))?.claimLimit, {
      ...WAIT,
      timeout: WAIT.timeout + LIMIT_RAISE_DELAY_MS,
    })
    .toBe(2);
});

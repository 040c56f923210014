/** What a change of an event's settings guarantees, on a real Redis. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { LIMIT_RAISE_DELAY_MS } from "#server/coupon/ports";
import { eventKeys } from "./keys.ts";
import { HOUR_MS, openSettings, startTestGate, type TestGate, value } from "./testing.ts";

let t: TestGate;
beforeAll(async () => {
  t = await startTestGate();
});
afterAll(() => t.stop());

const configure = async (eventId: number, changes: Parameters<typeof openSettings>[0]) =>
  value(await t.gate.configure({ epoch: 1, eventId, settings: openSettings(changes) }));

test("an older version never overwrites a newer one, and neither does the same one", async () => {
  const eventId = await t.openEvent({ version: 5 });
  for (const version of [4, 5]) {
    expect(await configure(eventId, { version, status: "closed" })).toEqual({
      version: 5,
      limitEffectiveInMs: 0,
    });
  }
  expect((await t.status(eventId)).settings).toMatchObject({ version: 5, status: "active" });
  expect(await configure(eventId, { version: 6, status: "closed" })).toMatchObject({ version: 6 });
  expect(await t.decision(eventId, "kim")).toBe("closed");
});

test("a raised limit is shown at once and counts for claims only after the delay", async () => {
  const eventId = await t.openEvent({ limit: 1 });
  await t.claim(eventId, "kim");
  const raised = await configure(eventId, { version: 2, limit: 2 });
  expect(raised).toEqual({ version: 2, limitEffectiveInMs: LIMIT_RAISE_DELAY_MS });
  const after = await t.status(eventId);
  expect(after).toMatchObject({ settings: { limit: 2 }, claimLimit: 1, remaining: 1 });
  expect(await t.decision(eventId, "lee")).toBe("sold_out");

  const seated = await vi.waitUntil(
    async () => {
      const reply = await t.claim(eventId, "lee");
      return reply.decisions[0]?.decision === "seated" ? reply : null;
    },
    { timeout: 5000, interval: 10 },
  );
  expect(seated.nowMs).toBeGreaterThanOrEqual(after.nowMs + after.limitEffectiveInMs);
  expect(await t.status(eventId)).toMatchObject({ claimLimit: 2, limitEffectiveInMs: 0, remaining: 0 });
});

test("a raise that waits longer than its delay, because the clock was set back, begins its wait again", async () => {
  const eventId = await t.openEvent({ limit: 1 });
  await configure(eventId, { version: 2, limit: 2 });
  const [metaKey] = eventKeys(eventId);
  const { nowMs } = await t.status(eventId);
  await t.redis.client.hset(metaKey, "newLimitAtMs", nowMs + HOUR_MS);
  // The same version again, as the guardian brings it when it sees such a wait.
  const again = await configure(eventId, { version: 2, limit: 2 });
  expect(again).toEqual({ version: 2, limitEffectiveInMs: LIMIT_RAISE_DELAY_MS });
});

test("another change while a raise waits neither speeds it up nor drops it", async () => {
  const eventId = await t.openEvent({ limit: 1 });
  await configure(eventId, { version: 2, limit: 2 });
  const before = await t.status(eventId);
  await configure(eventId, { version: 3, limit: 2, status: "paused" });
  const after = await t.status(eventId);
  expect(after).toMatchObject({ claimLimit: 1, settings: { limit: 2, status: "paused" } });
  expect(after.nowMs + after.limitEffectiveInMs).toBe(before.nowMs + before.limitEffectiveInMs);
});

test("a raise that has counted is not delayed again by the next one", async () => {
  const eventId = await t.openEvent({ limit: 1 });
  await configure(eventId, { version: 2, limit: 2 });
  await t.redis.client.hset(eventKeys(eventId)[0], "newLimitAtMs", 1); // the delay has passed
  await configure(eventId, { version: 3, limit: 3 });
  expect(await t.status(eventId)).toMatchObject({ claimLimit: 2, settings: { limit: 3 } });
});

test("a lower limit never takes a promise back", async () => {
  const eventId = await t.openEvent({ limit: 5 });
  await configure(eventId, { version: 2, limit: 2, status: "paused" });
  expect(await t.status(eventId)).toMatchObject({
    claimLimit: 5,
    settings: { limit: 5, version: 2, status: "paused" },
  });
});

test("a raise that still waits is not lowered either", async () => {
  const eventId = await t.openEvent({ limit: 1 });
  await configure(eventId, { version: 2, limit: 5 });
  await configure(eventId, { version: 3, limit: 3 });
  expect(await t.status(eventId)).toMatchObject({ claimLimit: 1, settings: { limit: 5 } });
});

test("a close that is lifted again opens the event", async () => {
  const eventId = await t.openEvent({ closesAtMs: 2000, opensAtMs: 1000 });
  expect(await t.decision(eventId, "kim")).toBe("closed");
  await configure(eventId, { version: 2, closesAtMs: null });
  expect((await t.status(eventId)).settings.closesAtMs).toBeNull();
  expect(await t.decision(eventId, "kim")).toBe("seated");
});

/** Every seat of an event, listed for reconciliation; and the keys of an archived one, removed. On a real server. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventKeys } from "./keys.ts";
import { startTestGate, type TestGate, users, value } from "./testing.ts";

let t: TestGate;
beforeAll(async () => {
  t = await startTestGate();
});
afterAll(() => t.stop());

const seatsOf = async (eventId: number) => value(await t.gate.allSeats({ epoch: 1, eventId }));

test("every seat is listed with its rank, its time, and whether it is pending", async () => {
  const eventId = await t.openEvent();
  const { nowMs: claimedAtMs } = await t.claim(eventId, "kim", "lee");
  await t.gate.confirm({ epoch: 1, eventId, seats: [{ userId: "lee", rank: 2, claimedAtMs }] });
  const { seats, malformed } = await seatsOf(eventId);
  expect(seats.sort((a, b) => a.rank - b.rank)).toEqual([
    { userId: "kim", rank: 1, claimedAtMs, pending: true },
    { userId: "lee", rank: 2, claimedAtMs, pending: false },
  ]);
  expect(malformed).toEqual([]);
});

test("an event without seats has none to list", async () => {
  expect(await seatsOf(await t.openEvent())).toEqual({ seats: [], malformed: [] });
});

test("no seat is left out of thousands, while others are being taken", async () => {
  const eventId = await t.openEvent({ limit: 10_000 });
  for (let call = 0; call < 24; call += 1) await t.claim(eventId, ...users(250, `early${call}`));
  const [{ seats }] = await Promise.all([
    seatsOf(eventId),
    ...Array.from({ length: 8 }, (_, call) => t.claim(eventId, ...users(250, `late${call}`))),
  ]);
  const early = seats.filter(({ userId }) => userId.startsWith("early"));
  expect(new Set(early.map(({ rank }) => rank)).size).toBe(6000);
  expect(new Set(seats.map(({ userId }) => userId)).size).toBe(seats.length);
});

test("an entry that is no seat is named, and keeps nobody else's seat from the list", async () => {
  const eventId = await t.openEvent();
  await t.claim(eventId, "kim", "lee");
  await t.redis.client.hset(eventKeys(eventId)[1], "kim", "rubbish");
  const { seats, malformed } = await seatsOf(eventId);
  expect(seats.map(({ userId }) => userId)).toEqual(["lee"]);
  expect(malformed).toEqual(["kim"]);
});

test("an archived event leaves no key behind, and its neighbours keep theirs", async () => {
  const [gone, stays] = [await t.openEvent(), await t.openEvent()];
  for (const eventId of [gone, stays]) await t.claim(eventId, "kim");
  await t.gate.forget(gone);
  expect(await t.redis.client.exists(...eventKeys(gone))).toBe(0);
  expect(await t.gate.claim({ epoch: 1, eventId: gone, userIds: ["kim"] })).toEqual({
    fenced: true,
    reason: "fence",
  });
  expect(await t.decision(stays, "kim")).toBe("seated");
});

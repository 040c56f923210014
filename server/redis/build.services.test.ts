/** What building a gate guarantees: begin, content, put and open, as the guardian's rebuild uses them. */
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GateSettings } from "#server/coupon/coupon-event";
import type { PutChunk } from "#server/coupon/ports";
import { eventKeys } from "./keys.ts";
import { openSettings, ranks, startTestGate, type TestGate, users, value } from "./testing.ts";

const FENCE = { fenced: true, reason: "fence" };
const NOTHING: PutChunk = { seats: [], removeUsers: [], removePending: [], freeRanks: [], clearFree: false };

let t: TestGate;
let client: Redis;
beforeAll(async () => {
  t = await startTestGate();
  client = t.redis.client as Redis;
  await t.gate.loadScripts(2);
  await t.gate.loadScripts(3);
});
afterAll(() => t.stop());

const seat = (userId: string, rank: number, pending = false) => ({
  userId,
  rank,
  claimedAtMs: 1000 + rank,
  pending,
});
const begin = async (epoch: number, eventId: number, firstOpening = false) =>
  value(await t.gate.begin({ epoch, eventId, firstOpening }));
const put = (epoch: number, eventId: number, chunk: Partial<PutChunk>) =>
  t.gate.put({ epoch, eventId, chunk: { ...NOTHING, ...chunk } });
const open = (epoch: number, eventId: number, next: number, settings: Partial<GateSettings> = {}) =>
  t.gate.open({ epoch, eventId, settings: openSettings(settings), next });
const status = async (epoch: number, eventId: number, ...userIds: string[]) =>
  value(await t.gate.status({ epoch, eventId, userIds }));
const dump = (eventId: number) => Promise.all(eventKeys(eventId).map((key) => client.dump(key)));

test("a rebuild keeps the seats, and the next claim goes on behind them", async () => {
  const eventId = await t.openEvent();
  await t.claim(eventId, "kim", "lee");
  expect(await begin(2, eventId)).toBe("begun");
  const content = value(await t.gate.content({ epoch: 2, eventId }));
  expect(content.users.map((found) => found.userId).sort()).toEqual(["kim", "lee"]);
  expect(content.pending).toHaveLength(2);
  expect(value(await open(2, eventId, 2))).toBe("open");
  const { decisions } = value(await t.gate.claim({ epoch: 2, eventId, userIds: ["lee", "park"] }));
  expect(ranks(decisions)).toEqual([2, 3]);
});

test("from begin on, the old epoch's scripts and all claims are fenced until open", async () => {
  const eventId = await t.openEvent();
  await begin(2, eventId);
  const claims = [1, 2].map((epoch) => t.gate.claim({ epoch, eventId, userIds: ["kim"] }));
  expect(await Promise.all(claims)).toEqual([FENCE, FENCE]);
  await open(2, eventId, 0);
  expect(await t.gate.claim({ epoch: 1, eventId, userIds: ["kim"] })).toEqual(FENCE);
  expect(await status(2, eventId, "kim")).toMatchObject({ next: 0, seats: [null] });
});

test("a higher epoch refuses late begin, put, content and open of a lower one, and nothing is written", async () => {
  const eventId = await t.openEvent();
  await begin(2, eventId);
  await begin(3, eventId);
  const before = await dump(eventId);
  expect(await begin(2, eventId)).toBe("refused");
  expect(await put(2, eventId, { seats: [seat("kim", 1)], clearFree: true })).toEqual(FENCE);
  expect(await t.gate.content({ epoch: 2, eventId })).toEqual(FENCE);
  expect(await open(2, eventId, 0)).toEqual(FENCE);
  expect(await dump(eventId)).toEqual(before);
});

test("an event is begun once in an epoch, and is not built while it is open", async () => {
  const eventId = await t.openEvent();
  expect(await begin(1, eventId)).toBe("refused");
  expect(await put(1, eventId, { seats: [seat("kim", 1)] })).toEqual(FENCE);
  expect(await open(1, eventId, 0)).toEqual(FENCE);
});

test("a first opening is refused over anything that exists, even a single key", async () => {
  for (const key of eventKeys(0).keys()) {
    const eventId = t.newEventId();
    const name = eventKeys(eventId)[key] ?? "";
    if (key === 3) await client.zadd(name, 1, "1");
    else await client.hset(name, "epoch", 0);
    expect(await begin(2, eventId, true)).toBe("refused");
  }
  expect(await begin(2, t.newEventId(), true)).toBe("begun");
});

test("a Redis that lost itself while building fences put and open", async () => {
  const eventId = await t.openEvent();
  await begin(2, eventId);
  await client.hset(eventKeys(eventId)[0], "replid", "f".repeat(40));
  expect(await put(2, eventId, { seats: [seat("kim", 1)] })).toEqual(FENCE);
  expect(await open(2, eventId, 0)).toEqual(FENCE);
  await client.del(eventKeys(eventId)[0]);
  expect(await put(2, eventId, { seats: [seat("kim", 1)] })).toEqual(FENCE);
  expect(await open(2, eventId, 0)).toEqual(FENCE);
});

test("put writes differences: seats in and out of the outbox, entries that go, free ranks", async () => {
  const eventId = await t.openEvent();
  await t.claim(eventId, "kim", "lee", "park");
  await begin(2, eventId);
  const chunk = {
    seats: [seat("kim", 1), seat("choi", 4, true)],
    removeUsers: ["lee"],
    removePending: ["lee"],
    freeRanks: [2],
    clearFree: true,
  };
  await put(2, eventId, chunk);
  await put(2, eventId, chunk); // written again, it changes nothing
  expect(value(await open(2, eventId, 4))).toBe("open");
  const after = await status(2, eventId, "kim", "lee", "park", "choi");
  expect(after.seats.map((held) => held && [held.rank, held.pending])).toEqual([
    [1, false],
    null,
    [3, true],
    [4, true],
  ]);
  expect(after).toMatchObject({ next: 4, free: 1, pending: 2, remaining: 7 });
  expect(ranks(value(await t.gate.claim({ epoch: 2, eventId, userIds: ["lee"] })).decisions)).toEqual([2]);
});

test("the first chunk empties an old free set, later ones add to it", async () => {
  const eventId = t.newEventId();
  await begin(2, eventId);
  await put(2, eventId, { freeRanks: [1, 2, 3], clearFree: true });
  await put(2, eventId, { freeRanks: [1], clearFree: true });
  await put(2, eventId, { freeRanks: [2] });
  expect(value(await open(2, eventId, 2))).toBe("open");
  expect(await status(2, eventId)).toMatchObject({ free: 2, next: 2 });
});

test("1,000 entries go in one chunk, and more are refused before anything is asked", async () => {
  const eventId = t.newEventId();
  await begin(2, eventId);
  const seats = users(1000).map((userId, index) => seat(userId, index + 1, true));
  expect(value(await put(2, eventId, { seats }))).toBe("put");
  await expect(put(2, eventId, { seats, freeRanks: [1001] })).rejects.toThrow(RangeError);
  expect(value(await open(2, eventId, 1000, { limit: 1000 }))).toBe("open");
});

test("a gate whose count is wrong stays closed, and can be mended and opened in the same epoch", async () => {
  const eventId = t.newEventId();
  await begin(2, eventId);
  await put(2, eventId, { seats: [seat("kim", 2)], clearFree: true });
  const before = await dump(eventId);
  expect(value(await open(2, eventId, 2))).toBe("count_mismatch");
  expect(await dump(eventId)).toEqual(before);
  await put(2, eventId, { freeRanks: [1] });
  expect(value(await open(2, eventId, 2))).toBe("open");
});

test("content lists what cannot be a seat, so that it can go", async () => {
  const eventId = await t.openEvent();
  const [, usersKey, pendingKey] = eventKeys(eventId);
  await t.claim(eventId, "kim");
  await client.hset(usersKey, { lee: "0|5", "a b": "2|5", park: "99999999|5" });
  await client.hset(pendingKey, { choi: "" });
  await begin(2, eventId);
  const content = value(await t.gate.content({ epoch: 2, eventId }));
  expect(content.users.map((found) => found.userId)).toEqual(["kim"]);
  expect(content.malformedUsers.sort()).toEqual(["a b", "lee", "park"]);
  expect(content.malformedPending).toEqual(["choi"]);
});

test("a large event is read whole, page by page", async () => {
  const eventId = await t.openEvent({ limit: 10_000 });
  for (let call = 0; call < 40; call += 1) await t.claim(eventId, ...users(250, `call${call}`));
  await begin(2, eventId);
  const content = value(await t.gate.content({ epoch: 2, eventId }));
  expect(new Set(content.users.map((found) => found.rank)).size).toBe(10_000);
  expect(new Set(content.pending.map((found) => found.rank)).size).toBe(10_000);
});

test("open takes settings that are newer, and a raised limit counts at once", async () => {
  const eventId = await t.openEvent({ limit: 1, version: 1 });
  await begin(2, eventId);
  await open(2, eventId, 0, { limit: 3, version: 2, status: "paused", closesAtMs: 4_000_000_000_000 });
  expect(await status(2, eventId)).toMatchObject({
    settings: { version: 2, limit: 3, status: "paused", closesAtMs: 4_000_000_000_000 },
    claimLimit: 3,
    limitEffectiveInMs: 0,
  });
});

test("open never replaces newer settings by older ones, and never lowers the limit", async () => {
  const eventId = await t.openEvent({ limit: 5, version: 4, status: "paused" });
  await t.gate.configure({
    epoch: 1,
    eventId,
    settings: openSettings({ version: 5, limit: 6, status: "closed" }),
  });
  await begin(2, eventId);
  await open(2, eventId, 0, { version: 4, limit: 100 });
  expect(await status(2, eventId)).toMatchObject({
    settings: { version: 5, limit: 6, status: "closed" },
    claimLimit: 6,
  });
  await begin(3, eventId);
  await open(3, eventId, 0, { version: 9, limit: 2 });
  expect(await status(3, eventId)).toMatchObject({
    settings: { version: 9, limit: 6, status: "active" },
    claimLimit: 6,
  });
});

test("open replaces settings that somebody has changed in the gate, whose version is still the same", async () => {
  const eventId = await t.openEvent({ limit: 5, version: 4 });
  await client.hset(eventKeys(eventId)[0], { limit: 1, status: "closed", opensAtMs: "zz" });
  await begin(2, eventId);
  await open(2, eventId, 0, { limit: 5, version: 4 });
  expect(await status(2, eventId)).toMatchObject({ settings: { limit: 5, status: "active" }, claimLimit: 5 });
});

test.each([0, 1, 2, 3])(
  "begin takes key %i away when it is of another type, and keeps the others",
  async (index) => {
    const eventId = await t.openEvent();
    await t.claim(eventId, "kim");
    const keys = eventKeys(eventId);
    await client.set(keys[index] ?? "", "rubbish");
    expect(await begin(2, eventId)).toBe("begun");
    const { users } = value(await t.gate.content({ epoch: 2, eventId }));
    expect(users.map(({ userId }) => userId)).toEqual(index === 1 ? [] : ["kim"]);
    expect(value(await open(2, eventId, users.length))).toBe("open");
  },
);

test("the epoch's scripts are either all known or not loaded", async () => {
  expect(await t.gate.scriptsLoaded(3)).toBe(true);
  expect(await t.gate.scriptsLoaded(4)).toBe(false);
});

/** What claims, confirms and looks at the gate guarantee, on a real Redis. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventKeys } from "./keys.ts";
import { HOUR_MS, openSettings, ranks, startTestGate, type TestGate, users, value } from "./testing.ts";

let t: TestGate;
beforeAll(async () => {
  t = await startTestGate();
});
afterAll(() => t.stop());

const configure = async (eventId: number, changes: Parameters<typeof openSettings>[0]) =>
  value(await t.gate.configure({ epoch: 1, eventId, settings: openSettings(changes) }));

describe("claim", () => {
  test("a rank is handed out once, in the order of the call, up to the limit", async () => {
    const eventId = await t.openEvent({ limit: 3 });
    const { decisions, issueLimit } = await t.claim(eventId, ...users(5));
    expect(ranks(decisions)).toEqual([1, 2, 3]);
    expect(decisions.slice(3)).toEqual([{ decision: "sold_out" }, { decision: "sold_out" }]);
    expect(issueLimit).toBe(3);
  });

  test("many callers at once share the ranks without a gap or a double", async () => {
    const eventId = await t.openEvent({ limit: 500 });
    const calls = Array.from({ length: 20 }, (_, call) => t.claim(eventId, ...users(50, `caller${call}`)));
    const seated = (await Promise.all(calls)).flatMap(({ decisions }) => ranks(decisions));
    expect(seated.sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  test("256 users are decided in one call, and 257 are refused before anything is asked", async () => {
    const eventId = await t.openEvent({ limit: 1000 });
    const { decisions } = await t.claim(eventId, ...users(256));
    expect(ranks(decisions)).toHaveLength(256);
    await expect(t.claim(eventId, ...users(257))).rejects.toThrow(RangeError);
  });

  test("a user who stands twice in one call is refused before anything is asked", async () => {
    const eventId = await t.openEvent();
    await expect(t.claim(eventId, "kim", "kim")).rejects.toThrow(RangeError);
    expect(await t.status(eventId)).toMatchObject({ next: 0 });
  });

  test("who claims again keeps the seat, pending until confirmed", async () => {
    const eventId = await t.openEvent();
    const first = await t.claim(eventId, "kim");
    expect(first.decisions).toEqual([
      { decision: "seated", userId: "kim", rank: 1, claimedAtMs: first.nowMs, pending: true, isNew: true },
    ]);
    const again = { ...first.decisions[0], isNew: false };
    expect((await t.claim(eventId, "kim")).decisions).toEqual([again]);

    const seats = [{ userId: "kim", rank: 1, claimedAtMs: first.nowMs }];
    await t.gate.confirm({ epoch: 1, eventId, seats });
    expect((await t.claim(eventId, "kim")).decisions).toEqual([{ ...again, pending: false }]);
  });

  test("a seat is kept after sold out, pause and close", async () => {
    const eventId = await t.openEvent({ limit: 1 });
    await t.claim(eventId, "kim");
    for (const [version, status] of [
      [2, "paused"],
      [3, "closed"],
      [4, "archived"],
    ] as const) {
      await configure(eventId, { version, status, limit: 1 });
      const { decisions } = await t.claim(eventId, "kim");
      expect(ranks(decisions)).toEqual([1]);
    }
  });

  test("a seat is never shared by Kim and kim: they are two users", async () => {
    const eventId = await t.openEvent();
    const { decisions } = await t.claim(eventId, "Kim", "kim");
    expect(ranks(decisions)).toEqual([1, 2]);
  });

  test("freed ranks go first, lowest first, and count against the limit", async () => {
    const eventId = t.newEventId();
    const seat = { userId: "kim", rank: 3, claimedAtMs: 1, pending: false };
    const chunk = { seats: [seat], removeUsers: [], removePending: [], freeRanks: [2, 1], clearFree: true };
    await t.gate.begin({ epoch: 1, eventId, firstOpening: true });
    await t.gate.put({ epoch: 1, eventId, chunk });
    await t.gate.open({ epoch: 1, eventId, settings: openSettings({ limit: 4 }), next: 3 });

    const { decisions } = await t.claim(eventId, ...users(4));
    expect(ranks(decisions)).toEqual([1, 2, 4]);
    expect(decisions[3]).toEqual({ decision: "sold_out" });
    expect(await t.status(eventId)).toMatchObject({ free: 0, next: 4, remaining: 0 });
  });
});

describe("window and status", () => {
  test("closed goes before paused, paused before not open, not open before sold out", async () => {
    const future = Date.now() + HOUR_MS;
    const past = { opensAtMs: 1000, closesAtMs: 2000 };
    const full = await t.openEvent({ limit: 1 });
    await t.claim(full, "kim");
    expect(await t.decision(full, "lee")).toBe("sold_out");
    await configure(full, { version: 2, limit: 1, opensAtMs: future });
    expect((await t.claim(full, "lee")).decisions).toEqual([{ decision: "not_open", opensAtMs: future }]);
    await configure(full, { version: 3, limit: 1, opensAtMs: future, status: "paused" });
    expect(await t.decision(full, "lee")).toBe("paused");
    await configure(full, { version: 4, limit: 1, status: "paused", ...past });
    expect(await t.decision(full, "lee")).toBe("closed");
  });

  test.each(["paused", "closed", "archived"] as const)(
    "no seat is taken while the event is %s",
    async (status) => {
      const eventId = await t.openEvent({ status });
      expect(await t.decision(eventId, "kim")).toBe(status === "paused" ? "paused" : "closed");
      expect(await t.status(eventId)).toMatchObject({ next: 0, pending: 0, remaining: 10 });
    },
  );

  test("no seat is handed out before the window or after it, by the gate's clock", async () => {
    const { nowMs } = await t.status(await t.openEvent());
    const window = { opensAtMs: nowMs + 150, closesAtMs: nowMs + 400 };
    const eventId = await t.openEvent({ limit: 100_000, ...window });
    const seen = new Set<string>();
    let lastAtMs = 0;
    for (let call = 0; lastAtMs < window.closesAtMs + 20; call += 1) {
      const { decisions, nowMs: atMs } = await t.claim(eventId, `user-${call}`);
      const expected = atMs < window.opensAtMs ? "not_open" : atMs < window.closesAtMs ? "seated" : "closed";
      expect(decisions[0]?.decision).toBe(expected);
      seen.add(expected);
      lastAtMs = atMs;
    }
    expect(seen).toEqual(new Set(["not_open", "seated", "closed"]));
  });
});

describe("confirm", () => {
  test("confirm removes only the rank it names", async () => {
    const eventId = await t.openEvent();
    await t.claim(eventId, "kim", "lee");
    const seat = (userId: string, rank: number) => ({ userId, rank, claimedAtMs: 1 });
    const seats = [seat("kim", 2), seat("lee", 2), seat("nobody", 1)];
    expect(value(await t.gate.confirm({ epoch: 1, eventId, seats }))).toEqual({ removed: 1 });
    const { seats: held } = await t.status(eventId, "kim", "lee");
    expect(held.map((held) => held?.pending)).toEqual([true, false]);
    expect(value(await t.gate.confirm({ epoch: 1, eventId, seats }))).toEqual({ removed: 0 });
  });

  test("256 seats are confirmed in one call", async () => {
    const eventId = await t.openEvent({ limit: 300 });
    const { decisions } = await t.claim(eventId, ...users(256));
    const seats = decisions.flatMap((decision) => ("rank" in decision ? [decision] : []));
    expect(value(await t.gate.confirm({ epoch: 1, eventId, seats }))).toEqual({ removed: 256 });
    expect(await t.status(eventId)).toMatchObject({ pending: 0, next: 256 });
  });
});

describe("status and outbox", () => {
  test("status tells each user's seat, and null to who holds none", async () => {
    const eventId = await t.openEvent({ version: 7, limit: 4 });
    const { nowMs } = await t.claim(eventId, "kim");
    const status = await t.status(eventId, "lee", "kim");
    expect(status.seats).toEqual([null, { userId: "kim", rank: 1, claimedAtMs: nowMs, pending: true }]);
    expect(status).toMatchObject({ next: 1, free: 0, pending: 1, remaining: 3, claimLimit: 4 });
    expect(status.settings).toMatchObject({ version: 7, closesAtMs: null, status: "active" });
  });

  test("the outbox lists pending seats that are old enough, and no others", async () => {
    const eventId = await t.openEvent();
    const { nowMs } = await t.claim(eventId, "kim", "lee");
    const kim = { userId: "kim", rank: 1, claimedAtMs: nowMs };
    await t.gate.confirm({ epoch: 1, eventId, seats: [{ ...kim, userId: "lee", rank: 2 }] });
    const list = async (olderThanMs: number) =>
      value(await t.gate.pendingSeats({ epoch: 1, eventId, olderThanMs, limit: 10 }));
    expect(await list(HOUR_MS)).toEqual([]);
    expect(await list(0)).toEqual([kim]);
  });

  test("a pending seat from before the clock was set back is listed at once (history 31)", async () => {
    const eventId = await t.openEvent();
    const { nowMs } = await t.claim(eventId, "kim");
    const claimedAtMs = nowMs + HOUR_MS;
    const [, usersKey, pendingKey] = eventKeys(eventId);
    for (const key of [usersKey, pendingKey]) await t.redis.client.hset(key, "kim", `1|${claimedAtMs}`);
    const call = { epoch: 1, eventId, olderThanMs: 1000, limit: 10 };
    expect(value(await t.gate.pendingSeats(call))).toEqual([{ userId: "kim", rank: 1, claimedAtMs }]);
  });

  test("a long outbox is listed whole, or up to the limit", async () => {
    const eventId = await t.openEvent({ limit: 5000 });
    for (let call = 0; call < 20; call += 1) await t.claim(eventId, ...users(250, `call${call}`));
    const list = async (limit: number) =>
      value(await t.gate.pendingSeats({ epoch: 1, eventId, olderThanMs: 0, limit }));
    expect(new Set((await list(10_000)).map((seat) => seat.rank)).size).toBe(5000);
    expect(await list(100)).toHaveLength(100);
  });
});

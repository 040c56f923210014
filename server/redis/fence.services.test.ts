/** When the gate must not speak: each way in which Redis can have forgotten something, on real servers. */
import type { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { RedisConnection } from "./client.ts";
import { redisGate } from "./gate.ts";
import { eventKeys } from "./keys.ts";
import { scriptsOf } from "./scripts.ts";
import {
  connected,
  crashAndRestart,
  openSettings,
  ranks,
  startPrivateRedis,
  startTestGate,
  type TestGate,
} from "./testing.ts";

const FENCE = { fenced: true, reason: "fence" };
const NO_SCRIPT = { fenced: true, reason: "no_script" };

/** Every call that may be made while an event is open. */
async function answersOf(t: TestGate, eventId: number, epoch = 1) {
  const call = { epoch, eventId };
  return {
    claim: await t.gate.claim({ ...call, userIds: ["newcomer"] }),
    confirm: await t.gate.confirm({ ...call, seats: [{ userId: "kim", rank: 1, claimedAtMs: 1 }] }),
    configure: await t.gate.configure({ ...call, settings: openSettings({ version: 99 }) }),
    status: await t.gate.status({ ...call, userIds: [] }),
    pending: await t.gate.pendingSeats({ ...call, olderThanMs: 0, limit: 10 }),
    seats: await t.gate.allSeats(call),
  };
}

const allAnswer = (answer: unknown) => ({
  claim: answer,
  confirm: answer,
  configure: answer,
  status: answer,
  pending: answer,
  seats: answer,
});

describe("on one server", () => {
  let t: TestGate;
  let eventId: number;
  beforeAll(async () => {
    t = await startTestGate();
  });
  afterAll(() => t.stop());

  const client = () => t.redis.client as Redis;

  async function openWithSeat(): Promise<[meta: string, users: string, pending: string, free: string]> {
    eventId = await t.openEvent();
    await t.claim(eventId, "kim");
    return eventKeys(eventId);
  }

  async function dump(keys: string[]) {
    return Promise.all(keys.map((key) => t.redis.client.dump(key)));
  }

  test("an event that was never opened is fenced, and stays without keys", async () => {
    const unknown = t.newEventId();
    expect(await answersOf(t, unknown)).toEqual(allAnswer(FENCE));
    expect(await t.redis.client.exists(...eventKeys(unknown))).toBe(0);
  });

  test("FLUSHALL closes the gate, although the scripts are still known", async () => {
    const keys = await openWithSeat();
    await client().flushall();
    expect(await t.gate.scriptsLoaded(1)).toBe(true);
    expect(await answersOf(t, eventId)).toEqual(allAnswer(FENCE));
    expect(await t.redis.client.exists(...keys)).toBe(0);
  });

  test.each([
    ["a deleted seat", (keys: string[]) => t.redis.client.hdel(keys[1] ?? "", "kim")],
    ["a seat too many", (keys: string[]) => t.redis.client.hset(keys[1] ?? "", "stranger", "7|1")],
    ["a deleted outbox (history 30)", (keys: string[]) => t.redis.client.del(keys[2] ?? "")],
    ["a lost entry of the outbox", (keys: string[]) => t.redis.client.hdel(keys[2] ?? "", "kim")],
    ["a counter that went back", (keys: string[]) => t.redis.client.hset(keys[0] ?? "", "next", 0)],
    ["a missing counter", (keys: string[]) => t.redis.client.hdel(keys[0] ?? "", "next")],
    [
      "another server's identity",
      (keys: string[]) => t.redis.client.hset(keys[0] ?? "", "replid", "f".repeat(40)),
    ],
    ["a missing identity", (keys: string[]) => t.redis.client.hdel(keys[0] ?? "", "replid")],
    ["an older epoch", (keys: string[]) => t.redis.client.hset(keys[0] ?? "", "epoch", 0)],
    [
      "an opening time that is no time",
      (keys: string[]) => t.redis.client.hset(keys[0] ?? "", "opensAtMs", "zz"),
    ],
    ["a missing end", (keys: string[]) => t.redis.client.hdel(keys[0] ?? "", "closesAtMs")],
    ["a limit that is no number", (keys: string[]) => t.redis.client.hset(keys[0] ?? "", "limit", "many")],
    ["a raise without its time", (keys: string[]) => t.redis.client.hset(keys[0] ?? "", "newLimit", "20")],
    ["an unknown status", (keys: string[]) => t.redis.client.hset(keys[0] ?? "", "status", "lost")],
    ["free ranks of another type", (keys: string[]) => t.redis.client.hset(keys[3] ?? "", "a", "1")],
    ["seats of another type", (keys: string[]) => t.redis.client.set(keys[1] ?? "", "1")],
    ["meta of another type", (keys: string[]) => t.redis.client.set(keys[0] ?? "", "1")],
    ["a state of building", (keys: string[]) => t.redis.client.hset(keys[0] ?? "", "state", "building")],
  ])("%s closes the gate, and nothing is written", async (_, tamper) => {
    const keys = await openWithSeat();
    await tamper(keys);
    const before = await dump(keys);
    expect(await answersOf(t, eventId)).toEqual(allAnswer(FENCE));
    expect(await dump(keys)).toEqual(before);
  });

  test("a seat that cannot be read closes the gate for its user, and a new one is not handed out", async () => {
    const [, usersKey, pendingKey] = await openWithSeat();
    await t.redis.client.hset(usersKey, "kim", "rubbish");
    expect(await t.gate.claim({ epoch: 1, eventId, userIds: ["lee", "kim"] })).toEqual(FENCE);
    expect(await t.gate.status({ epoch: 1, eventId, userIds: ["kim"] })).toEqual(FENCE);
    expect(await t.status(eventId, "lee")).toMatchObject({ next: 1, seats: [null] });
    await t.redis.client.hset(pendingKey, "kim", "rubbish");
    expect(await t.gate.pendingSeats({ epoch: 1, eventId, olderThanMs: 0, limit: 10 })).toEqual(FENCE);
  });

  test.each(["META", "PENDING", "USERS"])(
    "an error half-way, before the write to %s, only leaks a rank, and the count check finds it",
    async (key) => {
      const [metaKey, usersKey] = await openWithSeat();
      const write = `redis.call("HSET", ${key},`;
      const broken = scriptsOf(1).claim.text.replace(write, `error("injected")\n${write}`);
      const sha = String(await client().script("LOAD", broken));
      await expect(client().evalsha(sha, 4, ...eventKeys(eventId), "lee")).rejects.toThrow("injected");

      const leaked = key !== "META";
      expect(await client().hget(metaKey, "next")).toBe(leaked ? "2" : "1");
      expect(await client().hkeys(usersKey)).toEqual(["kim"]);
      if (leaked) expect(await answersOf(t, eventId)).toEqual(allAnswer(FENCE));
      else expect(ranks((await t.claim(eventId, "lee")).decisions)).toEqual([2]);
    },
  );

  test("a Redis that is out of memory seats nobody, and goes on when it has memory again", async () => {
    await openWithSeat();
    await client().config("SET", "maxmemory", "1");
    await expect(t.claim(eventId, "lee")).rejects.toThrow("outcome is unknown");
    await client().config("SET", "maxmemory", "0");
    expect(await t.status(eventId, "lee")).toMatchObject({ next: 1, pending: 1, seats: [null] });
  });

  test("another epoch's scripts are unknown until they are loaded, and fenced afterwards", async () => {
    await openWithSeat();
    expect(await answersOf(t, eventId, 2)).toEqual(allAnswer(NO_SCRIPT));
    await t.gate.loadScripts(2);
    expect(await answersOf(t, eventId, 2)).toEqual(allAnswer(FENCE));
    expect(await t.decision(eventId, "lee")).toBe("seated");
  });

  test("after a script flush nothing is answered, and loading the same epoch opens the gate again", async () => {
    await openWithSeat();
    await t.gate.flushScripts();
    expect(await t.gate.scriptsLoaded(1)).toBe(false);
    expect(await answersOf(t, eventId)).toEqual(allAnswer(NO_SCRIPT));
    await t.gate.loadScripts(1);
    expect(await t.decision(eventId, "kim")).toBe("seated");
  });

  test("a restarted Redis refuses the old epoch's scripts, and keeps the seats for the rebuild", async () => {
    await openWithSeat();
    await crashAndRestart(t.server);
    await t.redis.untilReady(10_000);
    expect(await answersOf(t, eventId)).toEqual(allAnswer(NO_SCRIPT));
    await t.gate.loadScripts(1);
    // Loaded by mistake: the restarted server has another replication id, so the fence still holds.
    expect(await answersOf(t, eventId)).toEqual(allAnswer(FENCE));
    expect(await t.redis.client.hlen(eventKeys(eventId)[1])).toBe(1);
  });
});

describe("on two servers", () => {
  let t: TestGate;
  let otherServer: Awaited<ReturnType<typeof startPrivateRedis>>;
  let other: RedisConnection;
  let eventId: number;
  const client = () => t.redis.client as Redis;
  const otherClient = () => other.client as Redis;

  /** One event with a seat on the first server, and its copy on the second. */
  beforeEach(async () => {
    t = await startTestGate();
    otherServer = await startPrivateRedis();
    other = await connected(otherServer.server.url);
    // The first replica that attaches gives a master a new replication id, so it comes before the event.
    await follow(otherClient(), t.server.port);
    eventId = await t.openEvent();
    await t.claim(eventId, "kim");
    await vi.waitUntil(async () => (await otherClient().hlen(eventKeys(eventId)[1])) === 1, {
      timeout: 10_000,
    });
  });
  afterEach(async () => {
    other.close();
    await t.stop();
    await otherServer.stop();
  });

  async function follow(replica: Redis, port: number) {
    await replica.replicaof("127.0.0.1", port);
    await vi.waitUntil(async () => (await replica.info("replication")).includes("master_link_status:up"), {
      timeout: 10_000,
    });
  }

  test("a master that was demoted and promoted again refuses claims, with its scripts and all its data", async () => {
    expect(await t.decision(eventId, "kim")).toBe("seated");
    await otherClient().replicaof("NO", "ONE");
    await follow(client(), otherServer.server.port);
    expect(await answersOf(t, eventId)).toEqual(allAnswer(FENCE));
    await client().replicaof("NO", "ONE");
    expect(await t.gate.scriptsLoaded(1)).toBe(true);
    expect(await client().hkeys(eventKeys(eventId)[1])).toEqual(["kim"]);
    expect(await answersOf(t, eventId)).toEqual(allAnswer(FENCE));
  });

  test("a promoted replica with all the data knows no script, and is fenced when they are loaded", async () => {
    const replica = { ...t, gate: redisGate({ redis: other }) };
    expect(await answersOf(replica, eventId)).toEqual(allAnswer(NO_SCRIPT));
    await replica.gate.loadScripts(1);
    // It shows its master's replication id, and must not speak for it.
    expect(await answersOf(replica, eventId)).toEqual(allAnswer(FENCE));
    expect(await replica.gate.begin({ epoch: 1, eventId, firstOpening: false })).toEqual(FENCE);
    await otherClient().replicaof("NO", "ONE");
    expect(await answersOf(replica, eventId)).toEqual(allAnswer(FENCE));
  });
});

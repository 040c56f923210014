/** The gate on a Redis Cluster of two masters: events by their slots, scripts on every master. */
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../../stack/ports.mjs";
import type { RedisConnection } from "./client.ts";
import { redisGate } from "./gate.ts";
import { eventKeys } from "./keys.ts";
import { connected, openSettings, ranks, startPrivateRedis, users, value } from "./testing.ts";

const WAIT = { timeout: 20_000, interval: 20 };
const LAST_SLOT = 16_383;
const HALF = 8192;

type Node = Awaited<ReturnType<typeof startNode>>;
let nodes: [Node, Node];
let redis: RedisConnection;
let gate: ReturnType<typeof redisGate>;

async function startNode() {
  const busPort = await freePort();
  const { server, stop } = await startPrivateRedis({
    "cluster-enabled": "yes",
    "cluster-port": String(busPort),
  });
  const connection = await connected(server.url);
  return { server, stop, busPort, connection, client: connection.client as Redis };
}

beforeAll(async () => {
  nodes = await Promise.all([startNode(), startNode()]);
  const [first, second] = nodes;
  await first.client.cluster("ADDSLOTSRANGE", 0, HALF - 1);
  await second.client.cluster("ADDSLOTSRANGE", HALF, LAST_SLOT);
  await first.client.call("CLUSTER", "MEET", "127.0.0.1", String(second.server.port), String(second.busPort));
  for (const node of nodes) {
    await vi.waitUntil(async () => {
      const info = String(await node.client.cluster("INFO"));
      return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:2");
    }, WAIT);
  }
  redis = await connected(nodes.map((node) => node.server.url).join(","));
  gate = redisGate({ redis });
});
afterAll(async () => {
  redis.close();
  for (const node of nodes) {
    node.connection.close();
    await node.stop();
  }
});

test("scripts are loaded on and flushed from every master", async () => {
  await gate.loadScripts(9);
  expect(await gate.scriptsLoaded(9)).toBe(true);
  await nodes[1].client.script("FLUSH");
  expect(await gate.scriptsLoaded(9)).toBe(false);
  await gate.loadScripts(9);
  await gate.flushScripts();
  for (const node of nodes) {
    const alone = redisGate({ redis: node.connection });
    expect(await alone.scriptsLoaded(9)).toBe(false);
  }
});

test("events on both masters open, seat and confirm as on one server", async () => {
  await gate.loadScripts(1);
  for (const eventId of [1, 2, 3, 4, 5, 6]) {
    const call = { epoch: 1, eventId };
    expect(value(await gate.begin({ ...call, firstOpening: true }))).toBe("begun");
    expect(value(await gate.open({ ...call, settings: openSettings({ limit: 2 }), next: 0 }))).toBe("open");
    const { decisions } = value(await gate.claim({ ...call, userIds: users(3) }));
    expect(ranks(decisions)).toEqual([1, 2]);
    expect(value(await gate.pendingSeats({ ...call, olderThanMs: 0, limit: 10 }))).toHaveLength(2);
  }
  for (const node of nodes) expect(await node.client.dbsize()).toBeGreaterThan(0);
});

test("a master that knows no script is a closed gate for its events, not a question to the other one", async () => {
  await gate.loadScripts(1);
  const slot = Number(await nodes[0].client.cluster("KEYSLOT", eventKeys(1)[0]));
  const owner = nodes[slot < HALF ? 0 : 1];
  await owner.client.script("FLUSH");
  expect(await gate.status({ epoch: 1, eventId: 1, userIds: [] })).toEqual({
    fenced: true,
    reason: "no_script",
  });
});

test("while a master is unreachable no script cache counts as flushed", async () => {
  await nodes[1].server.kill("SIGKILL");
  await expect(gate.flushScripts()).rejects.toThrow();
  await expect(gate.scriptsLoaded(1)).rejects.toThrow();
});

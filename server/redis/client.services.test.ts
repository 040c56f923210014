/** What the client tells of a command when the connection breaks: "not sent" only if that is certain. */
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NotSentError } from "#server/coupon/ports";
import { checkRedis, UnsuitableRedisError } from "./check-redis.ts";
import type { RedisConnection } from "./client.ts";
import { redisGate } from "./gate.ts";
import {
  connected,
  connectQuietly,
  crashAndRestart,
  quietLog,
  startPrivateRedis,
  startTestGate,
  type TestGate,
  value,
} from "./testing.ts";

const WAIT = { timeout: 10_000, interval: 10 };

let t: TestGate;
let eventId: number;
beforeEach(async () => {
  t = await startTestGate();
  eventId = await t.openEvent();
});
afterEach(() => t.stop());

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );
const claimError = (gate = t.gate) => failure(gate.claim({ epoch: 1, eventId, userIds: ["kim"] }));

/** How often Redis has run any script by its SHA. */
async function scriptRuns(client: Redis): Promise<number> {
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info("commandstats"))?.[1] ?? 0);
}

test("without a connection a claim was certainly not sent, and the client comes back by itself", async () => {
  await t.server.kill("SIGKILL");
  await vi.waitUntil(() => !t.redis.isReady(), WAIT);
  expect(await claimError()).toBeInstanceOf(NotSentError);
  await crashAndRestart(t.server);
  await t.redis.untilReady(WAIT.timeout);
  await t.gate.loadScripts(1);
  expect((await t.gate.begin({ epoch: 1, eventId, firstOpening: false })).fenced).toBe(false);
});

test("on a closed connection a claim was certainly not sent", async () => {
  const redis = await connected(t.server.url);
  redis.close();
  expect(await claimError(redisGate({ redis }))).toBeInstanceOf(NotSentError);
  await vi.waitUntil(() => redis.client.status === "end", WAIT);
  expect(await claimError(redisGate({ redis }))).toBeInstanceOf(NotSentError);
});

test("a claim under way when Redis dies is unknown, with its cause", async () => {
  await t.server.kill("SIGSTOP");
  const error = claimError();
  await t.server.kill("SIGKILL");
  expect(await error).not.toBeInstanceOf(NotSentError);
  expect(await error).toMatchObject({
    message: expect.stringContaining("unknown"),
    cause: expect.any(Error),
  });
});

test("a claim under way when the process closes its connection is unknown", async () => {
  const proxy = await startProxy(t.server.port);
  const redis = await connected(`redis://127.0.0.1:${proxy.port}`);
  proxy.swallowReplies();
  const error = claimError(redisGate({ redis }));
  redis.close();
  expect(await error).toMatchObject({ cause: { message: "Connection is closed." } });
  expect(await error).not.toBeInstanceOf(NotSentError);
  await proxy.close();
});

test("a claim that times out is unknown, and its seat is found later", async () => {
  await t.server.kill("SIGSTOP");
  const error = await claimError();
  expect(error).not.toBeInstanceOf(NotSentError);
  expect(error).toMatchObject({ cause: { message: "Command timed out" } });
  await t.server.kill("SIGCONT");
  await vi.waitUntil(async () => (await t.status(eventId, "kim")).seats[0]?.rank === 1, WAIT);
});

test("a reply that is lost with its connection never makes the script run twice", async () => {
  const proxy = await startProxy(t.server.port);
  const redis = await connected(`redis://127.0.0.1:${proxy.port}`);
  try {
    const before = await scriptRuns(t.redis.client as Redis);
    proxy.swallowReplies();
    const error = claimError(redisGate({ redis }));
    await vi.waitUntil(async () => (await scriptRuns(t.redis.client as Redis)) === before + 1, WAIT);
    proxy.cut();
    expect(await error).not.toBeInstanceOf(NotSentError);
    await redis.untilReady(WAIT.timeout);
    value(await redisGate({ redis }).status({ epoch: 1, eventId, userIds: [] })); // anything re-sent would stand before it
    expect(await scriptRuns(t.redis.client as Redis)).toBe(before + 2);
  } finally {
    redis.close();
    await proxy.close();
  }
});

test("a Redis that is busy with something else has certainly not run the claim", async () => {
  const other = await connected(t.server.url);
  const client = other.client as Redis;
  await client.config("SET", "busy-reply-threshold", "10");
  const endless = failure(client.eval("while true do end", 0));
  try {
    await vi.waitUntil(async () => (await claimError()) instanceof NotSentError, WAIT);
  } finally {
    await t.redis.client.script("KILL");
    await endless;
    other.close();
  }
  expect(await t.status(eventId)).toMatchObject({ next: 0 });
});

test("a Redis that cannot be reached is reported in one sentence, within the time given", async () => {
  await t.server.kill("SIGKILL");
  await vi.waitUntil(() => !t.redis.isReady(), WAIT);
  await expect(t.redis.untilReady(300)).rejects.toThrow(/did not answer within 300 ms: .*ECONNREFUSED/);
});

test(
  "a Redis that turns the account away says so at once, and is not away",
  async () => {
    await (t.redis.client as Redis).config("SET", "requirepass", "right");
    for (const login of ["", ":wrong@"]) {
      const redis = connectQuietly(t.server.url.replace("//", `//${login}`));
      const away = vi.fn();
      void redis.untilAway(WAIT.timeout * 2).then(away);
      await expect(redis.untilReady(WAIT.timeout * 2)).rejects.toThrow(/turned us away: (WRONGPASS|NOAUTH)/);
      expect(away).not.toHaveBeenCalled();
      redis.close();
    }
  },
  WAIT.timeout,
);

test(
  "a Redis that nobody answers for is known to be away at the first attempt",
  async () => {
    const redis = connectQuietly("redis://127.0.0.1:1");
    await redis.untilAway(WAIT.timeout * 2);
    redis.close();
  },
  WAIT.timeout,
);

test("the local Redis can hold a gate", async () => {
  const log = { info: vi.fn(), warn: vi.fn() };
  await checkRedis({ redis: t.redis, log, timeoutMs: 1000 });
  expect(log.warn).not.toHaveBeenCalled();
});

test("a Redis that evicts keys is refused, and one without an AOF is warned about", async () => {
  const { server, stop } = await startPrivateRedis({ "maxmemory-policy": "allkeys-lru", appendonly: "no" });
  const redis = await connected(server.url);
  const warn = vi.fn();
  const check = () => checkRedis({ redis, log: { ...quietLog, warn }, timeoutMs: 1000 });
  try {
    await expect(check()).rejects.toThrow(UnsuitableRedisError);
    await (redis.client as Redis).config("SET", "maxmemory-policy", "noeviction");
    await check();
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("appendonly off"));
  } finally {
    redis.close();
    await stop();
  }
});

test("a Redis below 7.0 is refused", async () => {
  const old = {
    options: { host: "localhost", port: 6379 },
    info: async () => "redis_version:6.2.14\r\nmaxmemory_policy:noeviction\r\n",
  };
  const redis: RedisConnection = { ...t.redis, masters: async () => [old as unknown as Redis] };
  await expect(checkRedis({ redis, log: quietLog, timeoutMs: 1000 })).rejects.toThrow(
    /6\.2\.14.*7\.0 or later/,
  );
});

/** A TCP proxy in front of Redis that can withhold replies and cut its connections. */
async function startProxy(port: number) {
  const sockets = new Set<Socket>();
  let swallowing = false;
  const proxy = createServer((near) => {
    const far = dial(port, "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    near.pipe(far);
    far.on("data", (data) => swallowing || near.write(data));
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    swallowing = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    swallowReplies: () => {
      swallowing = true;
    },
    cut,
    close: () => {
      cut();
      return new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}

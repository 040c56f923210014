/** A private Redis for one test file, with a gate on it: the script cache is global to a server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GateSettings } from "#server/coupon/coupon-event";
import type { Fenced } from "#server/coupon/ports";
import type { GateSeat } from "#server/coupon/seat";
import { startRedis } from "../../stack/services/redis.mjs";
import { connectRedis, type RedisConnection } from "./client.ts";
import { redisGate } from "./gate.ts";

export const HOUR_MS = 3_600_000;
const READY_TIMEOUT_MS = 10_000;

/** Redis waits 5 s for more replicas before it copies itself,; tests do not. */
const HASTE = { "repl-diskless-sync-delay": "0" };

export const quietLog = { info() {}, warn() {} };

type Server = Awaited<ReturnType<typeof startRedis>>;
export type TestGate = Awaited<ReturnType<typeof startTestGate>>;

/** Settings of an event that is open now. */
export function openSettings(changes: Partial<GateSettings> = {}): GateSettings {
  return {
    version: 1,
    limit: 10,
    opensAtMs: Date.now() - HOUR_MS,
    closesAtMs: null,
    status: "active",
    ...changes,
  };
}

/** `user-0`, `user-1` … */
export function users(count: number, prefix = "user"): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** Starts a Redis of one's own. @param config directives beside those of the local stack */
export async function startPrivateRedis(
  config: Record<string, string> = {},
): Promise<{ server: Server; stop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-redis-"));
  const server = await startRedis({ dir, config: { ...HASTE, ...config } });
  const stop = async () => {
    // Its data goes anyway, and a polite end is refused while the first AOF is being written.
    await server.kill("SIGKILL");
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { server, stop };
}

/** Kills the server and starts it again on its port and data. */
export async function crashAndRestart(server: Server): Promise<void> {
  await server.kill("SIGKILL");
  await server.start();
}

/** A private Redis with the scripts of epoch 1, a connection, and events by the dozen. */
export async function startTestGate(config: Record<string, string> = {}) {
  const { server, stop: stopServer } = await startPrivateRedis(config);
  const redis = await connected(server.url);
  const gate = redisGate({ redis });
  await gate.loadScripts(1);
  let lastEventId = 0;

  return {
    server,
    redis,
    gate,
    newEventId: () => ++lastEventId,
    /** Opens a new event under epoch 1. @returns its id */
    async openEvent(changes: Partial<GateSettings> = {}): Promise<number> {
      const eventId = ++lastEventId;
      await gate.begin({ epoch: 1, eventId, firstOpening: true });
      const settings = openSettings(changes);
      const opened = await gate.open({ epoch: 1, eventId, settings, next: 0 });
      if (value(opened) !== "open") throw new Error(`event ${eventId} did not open`);
      return eventId;
    },
    /** Claims under epoch 1. */
    async claim(eventId: number, ...userIds: string[]) {
      return value(await gate.claim({ epoch: 1, eventId, userIds }));
    },
    /** One user's decision under epoch 1: "seated", "sold_out" … */
    async decision(eventId: number, userId: string) {
      const { decisions } = value(await gate.claim({ epoch: 1, eventId, userIds: [userId] }));
      return decisions[0]?.decision;
    },
    async status(eventId: number, ...userIds: string[]) {
      return value(await gate.status({ epoch: 1, eventId, userIds }));
    },
    async stop() {
      redis.close();
      await stopServer();
    },
  };
}

/** A connection on its way; an account that is turned away is a refusal. */
export function connectQuietly(url: string): RedisConnection {
  const isRefusal = (error: unknown) => /^(WRONGPASS|NOAUTH)/.test((error as Error).message);
  return connectRedis({ url, log: quietLog, clientName: "test", isRefusal });
}

/** A connection that is ready. */
export async function connected(url: string): Promise<RedisConnection> {
  const redis = connectQuietly(url);
  await redis.untilReady(READY_TIMEOUT_MS);
  return redis;
}

/** The value of an answer that must not be fenced. */
export function value<T>(answer: Fenced<T>): T {
  if (answer.fenced) throw new Error(`fenced: ${answer.reason}`);
  return answer.value;
}

/** The ranks of those who are seated, in the order of the decisions. */
export function ranks(decisions: readonly ({ decision: string } | GateSeat)[]): number[] {
  return decisions.flatMap((decision) => ("rank" in decision ? [decision.rank] : []));
}

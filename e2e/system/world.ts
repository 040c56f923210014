/**
 * A world: real services, real web and worker processes, and the ways to look at them from outside. Each test
 * file has one; nothing of the product's code is imported here.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import { afterAll, afterEach, beforeAll } from "vitest";
import { freePort } from "../../stack/ports.mjs";
import { type ClaimTopic, claimTopic } from "./claim-topic.ts";
import { type Client, createClient, type EventView } from "./client.ts";
import { runCommand } from "./command.ts";
import { type Env, type NodeProcess, nodeProcess } from "./node-process.ts";
import { type Server, type ServiceName, startServices } from "./services.ts";
import { until } from "./until.ts";

/** Short, so that a rebuild takes two seconds; long enough that a busy machine does not lose it. */
const EPOCH_LEASE_MS = 1500;

export type WorldOptions = {
  /** how many web processes; 2 */
  webs?: number;
  /** services that the tests break, besides Redis */
  own?: readonly ServiceName[];
  /** by how much the wall clock of each web process and of the worker is wrong */
  clockErrorMs?: { webs: number[]; worker: number };
};

export type World = {
  webs: NodeProcess[];
  /** the address of each web process */
  bases: string[];
  worker: NodeProcess;
  client: Client;
  db: mysql.Pool;
  redis: Redis;
  topic: ClaimTopic;
  /** A service that this world owns. */
  server(name: ServiceName): Server;
  /** Runs event:create with these arguments, by default for an event that is open and stays open. */
  createEvent(args: Record<string, string | number>): Promise<EventView>;
  setEvent(id: number, args: Record<string, string | number>): Promise<EventView>;
  /** Until every web process speaks for the event's gate. */
  gateIsOpen(eventId: number): Promise<void>;
};

/** Starts the world before the tests of this file and ends it afterwards; prints the logs of a failing test. */
export function testWorld(options: WorldOptions = {}): () => World {
  const cleanUp = new AsyncDisposableStack();
  let world: World | undefined;
  beforeAll(async () => {
    world = await startWorld(options, cleanUp).catch(async (error: unknown) => {
      await cleanUp.disposeAsync();
      throw error;
    });
  });
  let tests = 0;
  afterEach(({ task }) => {
    tests += 1;
    if (task.result?.state === "fail" && world) printLogs(world);
  });
  afterAll(async () => {
    // A hook that failed let no test run.
    if (tests === 0 && world) printLogs(world);
    await cleanUp.disposeAsync();
  });
  return () => {
    if (!world) throw new Error("the world has not been started");
    return world;
  };
}

function printLogs({ webs, worker }: World): void {
  for (const { name, logTail } of [...webs, worker])
    console.error(`--- the end of ${name}'s log\n${logTail()}`);
}

async function startWorld(options: WorldOptions, cleanUp: AsyncDisposableStack): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-system-"));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  cleanUp.defer(removeDir);
  endWithRunner(removeDir);
  const services = await startServices({ dir, own: options.own ?? [], cleanUp });
  const env = { ...baseEnv(), ...services.env };
  await runCommand("commands/migrate.ts", [], env);

  const { webs, worker, bases } = await processesOf({ dir, env, options });
  for (const started of [worker, ...webs]) cleanUp.defer(() => started.stop());
  await Promise.all([worker, ...webs].map((started) => started.start()));

  const client = createClient(bases);
  const db = mysql.createPool({ uri: env.DATABASE_URL, timezone: "Z", connectTimeout: 2000 });
  const redis = new Redis(env.REDIS_URL, { retryStrategy: () => 100 });
  redis.on("error", () => {}); // tests kill it; whoever asks meanwhile hears of it
  cleanUp.defer(() => client.close());
  cleanUp.defer(() => db.end());
  cleanUp.defer(() => redis.disconnect());

  return {
    webs,
    bases,
    worker,
    client,
    db,
    redis,
    topic: claimTopic({ brokers: env.KAFKA_BROKERS, topic: env.CLAIM_TOPIC, group: env.CONSUMER_GROUP }),
    server: services.server,
    createEvent: (args) =>
      runCommand("commands/event-create.ts", optionsOf({ name: "Test", limit: 10, ...args }), env),
    setEvent: (id, args) => runCommand("commands/event-set.ts", optionsOf({ event: id, ...args }), env),
    gateIsOpen: (eventId) =>
      until(`the gate of event ${eventId} to be open`, async () => {
        const views = await Promise.all(webs.map((_, web) => client.event(eventId, web)));
        return views.every((view) => view.remaining !== null);
      }).then(() => {}),
  };
}

/**
 * An interrupted test runner ends its processes without the hooks of the tests. Only an orderly exit runs the
 * handlers that kill what was started.
 */
function endWithRunner(onExit: () => void): void {
  process.once("exit", onExit);
  for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.once(event, () => process.exit(1));
}

async function processesOf({ dir, env, options }: { dir: string; env: Env; options: WorldOptions }) {
  const { clockErrorMs } = options;
  const create = async (name: string, entry: string, portName: string, errorMs: number) => {
    const port = await freePort();
    const clock = { CLOCK_ERROR_MS: String(errorMs) };
    const process = nodeProcess({
      name,
      entry,
      env: { ...env, ...clock, METRICS_PORT: String(await freePort()), [portName]: String(port) },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      logFile: join(dir, `${name}.log`),
      ...(errorMs === 0 ? {} : { preload: new URL("wrong-clock.mjs", import.meta.url).href }),
    });
    return { process, base: `http://127.0.0.1:${port}` };
  };
  const webs = await Promise.all(
    Array.from({ length: options.webs ?? 2 }, (_, index) =>
      create(`web-${index}`, "server/main.ts", "PORT", clockErrorMs?.webs[index] ?? 0),
    ),
  );
  const worker = await create("worker", "worker/main.ts", "WORKER_PORT", clockErrorMs?.worker ?? 0);
  return {
    webs: webs.map(({ process }) => process),
    bases: webs.map(({ base }) => base),
    worker: worker.process,
  };
}

/** Nothing of the caller's environment but what a program needs to run at all. */
function baseEnv(): Env {
  const { PATH = "", HOME = "" } = process.env;
  return {
    PATH,
    HOME,
    NODE_ENV: "production",
    PAGES: "none",
    AUTH_MODE: "demo",
    ALLOW_DEMO_IN_PRODUCTION: "yes",
    SESSION_KEYS: "a-key-that-only-these-tests-know-0001",
    CLAIM_RATE_PER_USER: "0",
    EPOCH_LEASE_MS: String(EPOCH_LEASE_MS),
    STOP_GRACE_MS: "300",
  };
}

/** `{ closesAt: "+5s" }` becomes `--closes-at +5s`. */
function optionsOf(args: Record<string, string | number>): string[] {
  return Object.entries(args).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);
}

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
import { type ClaimTopic, claimTopic } from "./claim-topic.ts";
import { type Client, createClient, type EventView } from "./client.ts";
import { runCommand } from "./command.ts";
import type { NodeProcess } from "./node-process.ts";
import { baseEnv, createProcess, type PlannedProcess, planProcesses } from "./processes.ts";
import { openProxies } from "./proxies.ts";
import type { ServiceProxy } from "./proxy/proxy.ts";
import { type Server, type ServiceName, type Services, startServices } from "./services.ts";
import { until } from "./until.ts";

export type WorldOptions = {
  /** how many web processes; 2 */
  webs?: number;
  /** services that the tests break, besides Redis */
  own?: readonly ServiceName[];
  /** workers that exist but do not run until a test starts them; 0 */
  spareWorkers?: number;
  /** services between which and every process of this world a proxy stands; Kafka is then its own */
  proxied?: readonly ServiceName[];
  /** by how much the wall clock of each web process and of the workers is wrong */
  clockErrorMs?: { webs: number[]; worker: number };
  /** settings of the processes that differ from those of other worlds */
  env?: Record<string, string>;
};

export type World = {
  webs: NodeProcess[];
  /** the address of each web process */
  bases: string[];
  worker: NodeProcess;
  spareWorkers: NodeProcess[];
  client: Client;
  db: mysql.Pool;
  redis: Redis;
  topic: ClaimTopic;
  /** The settings by which web and worker come to the services, where these differ from an administrator's. */
  accounts: Services["accounts"];
  /** The value of a counter or gauge without labels, as operators see it. */
  metric(web: number, name: string): Promise<number>;
  /** A service that this world owns. */
  server(name: ServiceName): Server;
  /** The proxy between a process ("web-0", "web-1", "worker", "worker-1" …) and a service. */
  proxy(process: string, service: ServiceName): ServiceProxy;
  /** Runs one of the product's commands with these arguments; rejects unless it exits with 0. */
  command<T>(script: string, args: string[], timeoutMs?: number): Promise<T>;
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

function printLogs({ webs, worker, spareWorkers }: World): void {
  for (const { name, logTail } of [...webs, worker, ...spareWorkers])
    console.error(`--- the end of ${name}'s log\n${logTail()}`);
}

async function startWorld(options: WorldOptions, cleanUp: AsyncDisposableStack): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-system-"));
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  cleanUp.defer(removeDir);
  endWithRunner(removeDir);
  const plan = planProcesses(options);
  const { own = [], proxied = [] } = options;
  const proxies = await openProxies({ processes: plan.map(({ name }) => name), services: proxied, cleanUp });
  const services = await startServices({ dir, own, kafkaListeners: proxies.kafkaListeners, cleanUp });
  proxies.lead(services.env);
  const env = { ...baseEnv(), ...services.env, ...options.env };
  await runCommand("commands/migrate.ts", [], env);
  await services.grantRights();

  const created = await Promise.all(
    plan.map((planned) => {
      const own = { ...env, ...services.accounts[planned.kind] };
      return createProcess({ ...planned, dir, env: { ...own, ...proxies.addressesFor(planned.name, own) } });
    }),
  );
  cleanUp.defer(async () => {
    await Promise.all(created.map(({ process }) => process.stop()));
  });
  const processesOf = (kind: "web" | "worker") =>
    created.filter((each) => each.kind === kind).map(({ process }) => process);
  const webs = processesOf("web");
  const [worker, ...spareWorkers] = processesOf("worker") as [NodeProcess, ...NodeProcess[]];
  await Promise.all([worker, ...webs].map((started) => started.start()));
  const bases = created.filter(({ kind }) => kind === "web").map(({ base }) => base);

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
    spareWorkers,
    client,
    db,
    redis,
    accounts: services.accounts,
    topic: claimTopic({ brokers: env.KAFKA_BROKERS, topic: env.CLAIM_TOPIC, group: env.CONSUMER_GROUP }),
    metric: async (web, name) => {
      const { operators } = created.filter(({ kind }) => kind === "web")[web] as PlannedProcess;
      const page = await (await fetch(`${operators}/metrics`)).text();
      return Number(new RegExp(`^${name} (.+)$`, "m").exec(page)?.[1]);
    },
    server: services.server,
    proxy: proxies.between,
    command: (script, args, timeoutMs) => runCommand(script, args, env, timeoutMs),
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

/** `{ closesAt: "+5s" }` becomes `--closes-at +5s`. */
function optionsOf(args: Record<string, string | number>): string[] {
  return Object.entries(args).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);
}

/** What every part works with: the services of this run, the load generators, the crowd, and how to start a process. */
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { Redis } from "ioredis";
import type { Admin } from "kafkajs";
import mysql from "mysql2/promise";
import { connectKafka, type KafkaConnection } from "#server/kafka/client";
import { signedSessions } from "#server/trpc/session";
import { silentLog } from "../commands/lib/parts.ts";
import type { Addresses } from "../stack/instance.mjs";
import { instanceDir } from "../stack/paths.mjs";
import { freePort } from "../stack/ports.mjs";
import { productProcess } from "../stack/product.mjs";
import { step } from "../stack/progress.mjs";
import { readState, updateState } from "../stack/state.mjs";
import type { BenchArguments } from "./arguments.mjs";
import type { Pids } from "./lib/cpu.ts";
import { acquireWrk, type WrkProgram } from "./lib/wrk.ts";

export const INSTANCE = "bench";
const DIR = instanceDir(INSTANCE);
export const RESULTS_DIR = join(DIR, "results");
const SESSION_KEY = "a-key-that-only-the-benchmark-knows-01";
/** The server's default: the stack has less, and whoever writes most would wait for its checkpoints. */
const REDO_LOG_BYTES = 100 * 1024 * 1024;
/** The tables of a whole run stay in memory, as those of a deployment would: whoever writes most would wait for the disk. */
const BUFFER_POOL_BYTES = 512 * 1024 * 1024;
/** More than any candidate answers in a second on machines of this size; who presses again hears of his first coupon. */
const USERS_PER_SECOND = 40_000;
const USERS_MIN = 100_000;
const USERS_MAX = 400_000;
/** Of the largest crowd, with --full. */
const USERS_FULL = 1_000_000;
/** Pools of all ways and of ours together; the default of 151 would be too few. */
const MYSQL_CONNECTIONS_MAX = 400;

export type Users = { file: string; count: number };

export type Started = { pid: number; port: number; stop: () => Promise<void> };

export type Bench = {
  settings: BenchArguments;
  addresses: Addresses;
  servicePids: Pids;
  db: mysql.Pool;
  redis: Redis;
  admin: Admin;
  kafka: KafkaConnection;
  wrk: WrkProgram;
  /** their session cookies, one in a line; `user-1` and so on */
  users: Users;
  /** a folder for files of this run */
  dir: string;
  /** Starts one Node process on a port of its own, and resolves when it is ready. */
  start(plan: {
    label: string;
    script: string;
    env: Record<string, string>;
    ready: string;
  }): Promise<Started>;
};

/** @param cleanUp gets everything that has to be closed */
export async function openBench(
  settings: BenchArguments,
  addresses: Addresses,
  cleanUp: AsyncDisposableStack,
): Promise<Bench> {
  mkdirSync(RESULTS_DIR, { recursive: true });
  const wrk = await acquireWrk();
  const db = mysql.createPool({ uri: addresses.DATABASE_URL, timezone: "Z", connectionLimit: 4 });
  cleanUp.defer(() => db.end());
  await db.query(`set global max_connections = ${MYSQL_CONNECTIONS_MAX}`);
  await db.query(`set global innodb_redo_log_capacity = ${REDO_LOG_BYTES}`);
  await db.query(`set global innodb_buffer_pool_size = ${BUFFER_POOL_BYTES}`);
  const redis = new Redis(addresses.REDIS_URL);
  cleanUp.defer(() => redis.disconnect());
  const kafka = connectKafka({
    brokers: addresses.KAFKA_BROKERS.split(","),
    clientId: "bench",
    log: silentLog,
  });
  cleanUp.defer(kafka.close);
  const admin = kafka.newClient().admin();
  await admin.connect();
  cleanUp.defer(() => admin.disconnect());
  const users = await step("Crowd: signing in", () => signInUsers(settings));
  const { services } = readState(INSTANCE);
  const pids = ({ pid }: { pid: number } = { pid: 0 }) => (pid === 0 ? [] : [pid]);
  return {
    settings,
    addresses,
    servicePids: { redis: pids(services.redis), kafka: pids(services.kafka), mysql: pids(services.mysql) },
    ...{ db, redis, admin, kafka, wrk, users, dir: DIR },
    start: (plan) => startProcess(plan, addresses, cleanUp),
  };
}

async function startProcess(
  {
    label,
    script,
    env,
    ready,
  }: { label: string; script: string; env: Record<string, string>; ready: string },
  addresses: Addresses,
  cleanUp: AsyncDisposableStack,
): Promise<Started> {
  const port = await freePort();
  let pid = 0;
  const one = productProcess({
    label,
    script,
    env: {
      ...baseEnv(),
      ...addresses,
      ...env,
      PORT: String(port),
      WORKER_PORT: String(port),
      METRICS_PORT: String(await freePort()),
    },
    readyUrl: `http://127.0.0.1:${port}${ready}`,
    logFile: join(DIR, "logs", `${label.replaceAll(" ", "-")}.log`),
    onSpawn(record) {
      pid = record.pid;
      updateState(INSTANCE, { processes: [...readState(INSTANCE).processes, record] });
    },
  });
  cleanUp.defer(one.stop);
  await one.start();
  return { pid, port, stop: one.stop };
}

/** As a deployment sets them; nothing of the caller's environment but what a program needs to run at all. */
function baseEnv() {
  const { PATH = "", HOME = "" } = process.env;
  return {
    PATH,
    HOME,
    NODE_ENV: "production" as const,
    NEXT_TELEMETRY_DISABLED: "1",
    PAGES: "none",
    AUTH_MODE: "demo",
    ALLOW_DEMO_IN_PRODUCTION: "yes",
    SESSION_KEYS: SESSION_KEY,
    CLAIM_RATE_PER_USER: "0",
    ARCHIVE_AFTER_HOURS: "0",
    STOP_GRACE_MS: "0",
    LOG_LEVEL: "warn",
  };
}

/** Signs a cookie for each user beforehand: signing in is no part of a claim. */
async function signInUsers({ seconds, full }: BenchArguments): Promise<Users> {
  const enough = Math.max(USERS_MIN, Math.min(USERS_MAX, seconds * USERS_PER_SECOND));
  const count = full ? USERS_FULL : enough;
  const file = join(DIR, "cookies");
  const sessions = signedSessions({ keys: [SESSION_KEY], secure: false, mode: "demo", nowMs: Date.now });
  const out = createWriteStream(file, { mode: 0o600 });
  for (let number = 1; number <= count; number += 1) {
    const userId = `user-${number}`;
    const [cookie] = sessions.issue({ userId, displayName: userId, role: "shopper" }).split(";", 1);
    if (!out.write(`${cookie}\n`)) await once(out, "drain");
  }
  out.end();
  await finished(out);
  return { file, count };
}

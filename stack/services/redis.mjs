/** Redis: from PATH, or unpacked from the distribution's package; one process with the settings the gate needs. */
import { join } from "node:path";
import { distribution, unpackPackages } from "../apt.mjs";
import { cached } from "../cache.mjs";
import { Failure } from "../failure.mjs";
import { ask } from "../ports.mjs";
import {
  aclFile,
  hasRedisAccounts,
  reloadRedisAccounts,
  writeRedisAccounts,
} from "../rights/redis-accounts.mjs";
import { outputOf } from "../run.mjs";
import { libraryEnv } from "./library-env.mjs";
import { adoptServer, onPort, startServer } from "./server.mjs";

export const REDIS_DEFAULT_PORT = 6379;
const READY_TIMEOUT_MS = 20_000;
/** Below 7.0 SCRIPT LOAD is replicated and persisted, which would undo the fence. */
const MAJOR_MIN = 7;

/**
 * @typedef {{ file: string, env: NodeJS.ProcessEnv }} RedisProgram
 * @typedef {import("./server.mjs").Server & { url: string }} RedisServer
 * @typedef {import("./server.mjs").ServerOptions & { config?: Record<string, string> }} RedisOptions
 *   config: directives that replace or extend ours
 */

/**
 * Finds or fetches redis-server.
 * @returns {Promise<RedisProgram>}
 * @throws {Failure} when there is none of version 7.0 or later
 */
export async function acquireRedis() {
  if (isNewEnough("redis-server", process.env)) return { file: "redis-server", env: process.env };
  const { id, version } = distribution();
  const folder = await cached({
    name: `redis-${id}-${version}-${process.arch}`,
    title: "Redis: fetching the distribution's package (once)",
    build: unpackRedis,
  });
  return { file: join(folder, "usr/bin/redis-server"), env: libraryEnv(folder) };
}

/** @param {string} root */
async function unpackRedis(root) {
  await unpackPackages({ packages: ["redis-server"], root, from: "distribution" });
  if (!isNewEnough(join(root, "usr/bin/redis-server"), libraryEnv(root))) {
    throw new Failure(
      "Redis >= 7.0 is needed and this distribution's is older: install one, or set REDIS_URL.",
    );
  }
}

/**
 * Starts one Redis on 127.0.0.1.
 * @param {RedisOptions} options
 * @returns {Promise<RedisServer>}
 */
export async function startRedis(options) {
  const program = await acquireRedis();
  if (options.passwords) writeRedisAccounts(options.dir, options.passwords);
  return onPort(options, async (port) =>
    withUrl(await startServer(redisSpec(program, { ...options, port }))),
  );
}

/**
 * Takes over a Redis of an earlier run.
 * @param {RedisOptions & { port: number, pid: number }} options
 * @returns {Promise<RedisServer | null>}
 */
export async function adoptRedis(options) {
  const server = await adoptServer(redisSpec(await acquireRedis(), options), options.pid);
  if (server && options.passwords) await reloadRedisAccounts(options, options.passwords);
  return server && withUrl(server);
}

/**
 * @param {import("./server.mjs").Server} server
 * @returns {RedisServer}
 */
function withUrl(server) {
  return Object.assign(server, { url: `redis://127.0.0.1:${server.port}` });
}

/**
 * @param {RedisProgram} program
 * @param {RedisOptions & { port: number }} options
 * @returns {import("./server.mjs").ServerSpec}
 */
function redisSpec(program, { config = {}, ...options }) {
  const { dir, port } = options;
  const directives = {
    port: String(port),
    bind: "127.0.0.1",
    dir,
    daemonize: "no",
    "set-proc-title": "no", // the command line has to keep the folder that identifies the process
    "maxmemory-policy": "noeviction",
    appendonly: "yes",
    appendfsync: "everysec",
    save: "",
    // A backlog that expires would change the replid and so cost a rebuild without a loss.
    "repl-backlog-ttl": "0",
    ...(hasRedisAccounts(dir) && { aclfile: aclFile(dir) }),
    ...config,
  };
  return {
    ...options,
    name: "redis",
    file: program.file,
    args: Object.entries(directives).flatMap(([key, value]) => [`--${key}`, value]),
    env: program.env,
    ready: () => answersPing(port),
    readyTimeoutMs: READY_TIMEOUT_MS,
  };
}

/**
 * While it reads its AOF, Redis answers -LOADING: not ready.
 * @param {number} port
 */
async function answersPing(port) {
  const answer = await ask({
    port,
    request: "PING\r\n",
    done: (received) => (received.includes("\r\n") ? received.toString("latin1") : undefined),
  });
  return answer === "+PONG\r\n";
}

/**
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 */
function isNewEnough(file, env) {
  const major = /v=(\d+)\./.exec(outputOf(file, ["--version"], env) ?? "")?.[1];
  return Number(major ?? 0) >= MAJOR_MIN;
}

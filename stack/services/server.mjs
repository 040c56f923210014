/** One server process: start, wait until it is ready, signal, restart on the same port and data, stop. */
import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure, lastLines, Stopped } from "../failure.mjs";
import { openLog } from "../log-file.mjs";
import { freePort, isPortFree, portToBeFree, stepAside } from "../ports.mjs";
import { isAlive, isStillOurs, noteProcess, sendSignal, terminate, waitForExit } from "../processes.mjs";
import { stopSignal } from "../shutdown.mjs";

const READY_POLL_MS = 25;
const STOP_GRACE_MS = 15_000;
const PORT_ATTEMPTS = 5;
/** How long a server that comes back waits for the port of its killed predecessor. */
const PORT_RELEASE_MS = 5_000;

/**
 * Servers that must not outlive this process, however it ends: those that tests start.
 * @type {Set<Server>}
 */
const killWithUs = new Set();
process.once("exit", () => {
  for (const server of killWithUs) if (server.pid !== 0) sendSignal(server.pid, "SIGKILL");
});

/**
 * What can be asked of every service.
 * @typedef {object} ServerOptions
 * @property {string} dir data and log
 * @property {number} [port] a free one when left out
 * @property {number} [nearPort] without a port: this one, or the next free one above it
 * @property {boolean} [keepAfterExit] whether it outlives the process that starts it
 * @property {(record: SpawnRecord) => void} [onSpawn] called at once, long before it is ready
 * @property {import("../rights/accounts.mjs").Passwords} [passwords] accounts that it shall know, with little rights
 *
 * @typedef {import("../processes.mjs").ProcessRecord & { port: number }} SpawnRecord
 *
 * @typedef {object} ServerSpec
 * @property {string} name the word for messages and the log file: "redis", "kafka", "mysql"
 * @property {string} dir data and log live here; it must stand in the command line, which identifies the process
 * @property {number} port
 * @property {string} file
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env]
 * @property {() => Promise<boolean>} ready asks the server in its own protocol
 * @property {number} readyTimeoutMs
 * @property {boolean} [keepAfterExit]
 * @property {(record: SpawnRecord) => void} [onSpawn]
 *
 * @typedef {object} Server
 * @property {string} name
 * @property {string} dir
 * @property {string} host
 * @property {number} port
 * @property {string} logFile
 * @property {number} pid of the running process; it changes with a restart
 * @property {() => boolean} isRunning
 * @property {(signal: NodeJS.Signals) => Promise<void>} kill sends a signal; after SIGKILL and SIGTERM it waits for the end
 * @property {() => Promise<void>} start again after a kill or stop, on the same port and data
 * @property {() => Promise<void>} stop politely, then hard; nothing happens when it is not running
 */

/**
 * Starts a server and resolves when it is ready.
 * @param {ServerSpec} spec
 * @returns {Promise<Server>}
 * @throws {Failure} with the end of its log when it ends early or is not ready in time
 */
export async function startServer(spec) {
  const server = serverHandle(spec, 0);
  await server.start();
  return server;
}

/**
 * A handle for a process that an earlier run has started.
 * @param {ServerSpec} spec
 * @param {number} pid
 * @returns {Promise<Server | null>} null when that process is gone or is not ready
 */
export async function adoptServer(spec, pid) {
  if (!isStillOurs({ pid, marker: spec.dir })) return null;
  return (await spec.ready()) ? serverHandle(spec, pid) : null;
}

/**
 * Starts a server on the port that was wished for. A port of our choice that somebody takes in between is
 * replaced by another.
 * @template T
 * @param {{ port?: number, nearPort?: number }} wish
 * @param {(port: number) => Promise<T>} start
 * @returns {Promise<T>}
 */
export async function onPort({ port: given, nearPort }, start) {
  if (given !== undefined) return start(given);
  for (let attempt = 1; ; attempt += 1) {
    const port = nearPort === undefined ? await freePort() : await stepAside(nearPort);
    try {
      return await start(port);
    } catch (error) {
      const taken = !(await isPortFree(port));
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/**
 * @param {ServerSpec} spec
 * @param {number} runningPid 0 when it is not running yet
 * @returns {Server}
 */
function serverHandle(spec, runningPid) {
  const logFile = join(spec.dir, `${spec.name}.log`);
  let pid = runningPid;
  let ranBefore = runningPid !== 0;

  /** @type {Server} */
  const server = {
    name: spec.name,
    dir: spec.dir,
    host: "127.0.0.1",
    port: spec.port,
    logFile,
    get pid() {
      return pid;
    },
    isRunning: () => pid !== 0 && isAlive(pid),

    async start() {
      if (pid !== 0 && isAlive(pid)) return;
      if (ranBefore) await portToBeFree(spec.port, PORT_RELEASE_MS);
      ranBefore = true;
      pid = spawnDetached(spec, logFile);
      try {
        await untilReady(spec, pid, logFile);
      } catch (error) {
        await terminate(pid, 0);
        pid = 0;
        throw error;
      }
      if (!spec.keepAfterExit) killWithUs.add(server);
    },

    async kill(signal) {
      if (pid === 0) return;
      sendSignal(pid, signal);
      if (signal === "SIGKILL" || signal === "SIGTERM") await waitForExit(pid, STOP_GRACE_MS);
    },

    async stop() {
      if (pid !== 0) await terminate(pid, STOP_GRACE_MS);
      pid = 0;
      killWithUs.delete(server);
    },
  };
  return server;
}

/**
 * Starts the process in a session of its own, so that Ctrl-C on the terminal reaches us and not the database.
 * @param {ServerSpec} spec
 * @param {string} logFile
 * @returns {number} the pid
 */
function spawnDetached(spec, logFile) {
  const log = openLog(logFile);
  const child = spawn(spec.file, spec.args, {
    cwd: spec.dir,
    detached: true,
    stdio: ["ignore", log, log],
    ...(spec.env ? { env: spec.env } : {}),
  });
  closeSync(log);
  child.on("error", () => {}); // reported below, by the missing pid
  child.unref();
  if (!child.pid) throw new Failure(`${spec.name}: ${spec.file} could not be started`);
  const record = { pid: child.pid, marker: spec.dir, port: spec.port };
  noteProcess(record);
  spec.onSpawn?.(record);
  return child.pid;
}

/**
 * @param {ServerSpec} spec
 * @param {number} pid
 * @param {string} logFile
 */
async function untilReady(spec, pid, logFile) {
  const deadline = performance.now() + spec.readyTimeoutMs;
  const trouble = (/** @type {string} */ what) =>
    new Failure(`${spec.name} ${what}; the end of ${logFile}:\n${lastLines(logFile)}`);
  for (;;) {
    // Alive is asked after ready: another server on this port could have answered for one that is dead.
    const ready = await spec.ready();
    if (!isAlive(pid)) throw trouble("ended at once");
    if (ready) return;
    if (stopSignal.aborted) throw new Stopped(`${spec.name}: stopped while starting`);
    if (performance.now() > deadline) throw trouble(`was not ready after ${spec.readyTimeoutMs / 1000} s`);
    await delay(READY_POLL_MS);
  }
}

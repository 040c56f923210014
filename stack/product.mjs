/** The product's own processes, web and worker: start, readiness, an early death, another start, and a stop in order. */
import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure, lastLines, Stopped } from "./failure.mjs";
import { openLog } from "./log-file.mjs";
import { ROOT } from "./paths.mjs";
import { isAlive, noteProcess, terminate } from "./processes.mjs";
import { stopSignal } from "./shutdown.mjs";

const READY_TIMEOUT_MS = 90_000;
const READY_POLL_MS = 100;
/** The processes have deadlines of their own; this one is for a process that hangs. */
const STOP_GRACE_MS = 20_000;

/**
 * @typedef {object} ProductProcess
 * @property {string} label "web", "worker"
 * @property {string | null} logFile
 * @property {() => boolean} isRunning
 * @property {() => Promise<void>} start resolves when it is ready; also again, after it has ended
 * @property {() => Promise<void>} stop
 */

/**
 * One of our processes, to be run under the Node that runs this script.
 * @param {{ label: string, script: string, env: NodeJS.ProcessEnv, readyUrl: string, logFile: string | null,
 *   onSpawn: (record: import("./processes.mjs").ProcessRecord) => void }} options
 *   readyUrl: answers 200 once it can serve; logFile: null shows the output on the terminal
 * @returns {ProductProcess} not started yet
 */
export function productProcess({ label, script, env, readyUrl, logFile, onSpawn }) {
  const path = join(ROOT, script);
  let pid = 0;

  async function start() {
    const child = spawnLogged({ path, env, logFile });
    const died = new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    if (!child.pid) throw new Failure(`${label}: ${path} could not be started`);
    pid = child.pid;
    const record = { pid, marker: path };
    noteProcess(record);
    onSpawn(record);
    const why = await untilReady({ pid, died, url: readyUrl });
    if (why !== null) throw deathOf({ label, logFile }, why);
  }

  return {
    label,
    logFile,
    isRunning: () => pid !== 0 && isAlive(pid),
    start,
    stop: async () => {
      if (pid !== 0) await terminate(pid, STOP_GRACE_MS);
    },
  };
}

/** @param {{ path: string, env: NodeJS.ProcessEnv, logFile: string | null }} options */
function spawnLogged({ path, env, logFile }) {
  const output = logFile === null ? /** @type {const} */ ("inherit") : openLog(logFile);
  // A group of its own: Ctrl-C reaches only us, and we end web before the worker and the services.
  const child = spawn(process.execPath, [path], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ["ignore", output, output],
  });
  if (typeof output === "number") closeSync(output);
  return child;
}

/**
 * @param {{ pid: number, died: Promise<string>, url: string }} process_
 * @returns {Promise<string | null>} null when the address answers 200, else why it never will
 * @throws {Stopped}
 */
async function untilReady({ pid, died, url }) {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await answersOk(url))) {
    if (stopSignal.aborted) throw new Stopped("stopped");
    if (!isAlive(pid)) return died;
    if (performance.now() > deadline) return `not ready after ${READY_TIMEOUT_MS / 1000} s`;
    await delay(READY_POLL_MS);
  }
  return null;
}

/**
 * The message for a process that is gone when it should not be.
 * @param {{ label: string, logFile: string | null }} process_
 * @param {string} how "exit code 1", "SIGKILL"
 */
function deathOf({ label, logFile }, how) {
  const log = logFile === null ? "" : `\nThe end of ${logFile}:\n${lastLines(logFile)}`;
  return new Failure(`The ${label} process ended unexpectedly (${how}).${log}`);
}

/** @param {string} url */
async function answersOk(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

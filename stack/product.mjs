/** The product's own processes, web and worker: start, readiness, an early death, and a stop in order. */
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
 * @property {string} name
 * @property {import("./processes.mjs").ProcessRecord} record
 * @property {string | null} logFile
 * @property {Promise<string>} died resolves with how it ended: "exit code 1", "SIGKILL"
 * @property {() => Promise<void>} stop
 */

/**
 * Starts one of our processes under the Node that runs this script.
 * @param {{ name: string, script: string, env: NodeJS.ProcessEnv, logFile: string | null }} options
 *   logFile: null shows the output on the terminal
 * @returns {ProductProcess}
 */
export function startProcess({ name, script, env, logFile }) {
  const path = join(ROOT, script);
  const output = logFile === null ? /** @type {const} */ ("inherit") : openLog(logFile);
  // A group of its own: Ctrl-C reaches only us, and we end web before the worker and the services.
  const child = spawn(process.execPath, [path], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ["ignore", output, output],
  });
  if (typeof output === "number") closeSync(output);
  const died = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  if (!child.pid) throw new Failure(`${name}: ${path} could not be started`);
  const record = { pid: child.pid, marker: path };
  noteProcess(record);
  return { name, record, logFile, died, stop: () => terminate(record.pid, STOP_GRACE_MS) };
}

/**
 * Resolves when the address answers 200.
 * @param {ProductProcess} process_
 * @param {string} url
 * @throws {Failure} when the process dies first, or does not get ready in time
 */
export async function untilReady(process_, url) {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await answersOk(url))) {
    if (stopSignal.aborted) throw new Stopped("stopped");
    if (!isAlive(process_.record.pid)) throw deathOf(process_, await process_.died);
    if (performance.now() > deadline) throw deathOf(process_, `not ready after ${READY_TIMEOUT_MS / 1000} s`);
    await delay(READY_POLL_MS);
  }
}

/**
 * The message for a process that is gone when it should not be.
 * @param {ProductProcess} process_
 * @param {string} how
 */
export function deathOf({ name, logFile }, how) {
  const log = logFile === null ? "" : `\nThe end of ${logFile}:\n${lastLines(logFile)}`;
  return new Failure(`The ${name} process ended unexpectedly (${how}).${log}`);
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

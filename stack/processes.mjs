/** Processes by pid: are they alive, are they still the ones we started, and how they end. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;

/**
 * A pid alone may by now belong to a stranger, so the marker (a path below `.stack/`, or a script's path) must
 * stand in its command line as well.
 * @typedef {{ pid: number, marker: string }} ProcessRecord
 */

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
  return !isZombie(pid);
}

/**
 * A process that ended but was not collected by its parent counts as gone; in containers without an init
 * process such entries stay for ever.
 * @param {number} pid
 */
function isZombie(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}

/**
 * The command line of a process with its arguments joined by spaces, or "" when it is gone.
 * @param {number} pid
 */
function commandLineOf(pid) {
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    }
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

/**
 * Whether the process is alive and is still the one that was recorded.
 * @param {ProcessRecord | undefined | null} record
 */
export function isStillOurs(record) {
  if (!record?.pid || !record.marker) return false;
  return isAlive(record.pid) && commandLineOf(record.pid).includes(record.marker);
}

/**
 * Polls until the process is gone; false when it is still there after the time-out.
 * @param {number} pid
 * @param {number} timeoutMs
 */
export async function waitForExit(pid, timeoutMs) {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/**
 * Sends a signal to one process, or to a whole group for a negative pid; a process that is gone is no error.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function sendSignal(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}

/**
 * Ends a process: SIGTERM, and SIGKILL when the grace is over. Resolves when it is gone.
 * @param {number} pid
 * @param {number} graceMs
 */
export async function terminate(pid, graceMs) {
  sendSignal(pid, "SIGTERM");
  sendSignal(pid, "SIGCONT"); // a process that a test has stopped cannot act on SIGTERM
  if (await waitForExit(pid, graceMs)) return;
  sendSignal(pid, "SIGKILL");
  await waitForExit(pid, 5000);
}

/**
 * Notes a started process in the folder that SUNCHAK_PROCESSES names, if it is set: `npm test` reads it at the
 * end to prove that nothing was left behind, whoever started it.
 * @param {ProcessRecord} record
 */
export function noteProcess(record) {
  const folder = process.env.SUNCHAK_PROCESSES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${record.pid}.json`), JSON.stringify(record));
}

/**
 * The noted processes that are still alive.
 * @param {string} folder
 * @returns {ProcessRecord[]}
 */
export function notedAndAlive(folder) {
  /** @type {string[]} */
  let names = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
  return names
    .map((name) => /** @type {ProcessRecord} */ (JSON.parse(readFileSync(join(folder, name), "utf8"))))
    .filter(isStillOurs);
}

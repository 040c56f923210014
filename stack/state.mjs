/** `.stack/<instance>/state.json`: which processes an instance has, and the addresses that commands look up there. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { instanceDir } from "./paths.mjs";
import { isStillOurs } from "./processes.mjs";

/**
 * @typedef {import("./processes.mjs").ProcessRecord} ProcessRecord
 * @typedef {"redis" | "kafka" | "mysql"} ServiceName
 *
 * @typedef {object} State
 * @property {Record<string, string>} env REDIS_URL, KAFKA_BROKERS, DATABASE_URL; PUBLIC_URL, PORT … while the product runs
 * @property {Partial<Record<ServiceName, ProcessRecord & { port: number }>>} services native processes
 * @property {ServiceName[]} docker services that run in containers
 * @property {boolean} keep whether the services stay when `npm start` ends (`npm run stack` started them)
 * @property {ProcessRecord | null} owner the running `npm start` or `npm test`
 * @property {ProcessRecord[]} processes what the owner runs: web and worker
 */

/** @type {State} */
const EMPTY = { env: {}, services: {}, docker: [], keep: false, owner: null, processes: [] };

/**
 * The state of an instance; empty when there is none or it cannot be read.
 * @param {string} name
 * @returns {State}
 */
export function readState(name) {
  try {
    return { ...EMPTY, ...JSON.parse(readFileSync(stateFile(name), "utf8")) };
  } catch {
    return { ...EMPTY };
  }
}

/**
 * Replaces parts of the state. Readers see the old or the new file, never half of one.
 * @param {string} name
 * @param {Partial<State>} changes
 */
export function updateState(name, changes) {
  const file = stateFile(name);
  mkdirSync(instanceDir(name), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  // An address that was given may hold a password.
  const text = `${JSON.stringify({ ...readState(name), ...changes }, null, 2)}\n`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

/**
 * The `npm start` or `npm test` that runs this instance now, if there is one.
 * @param {string} name
 * @returns {ProcessRecord | null}
 */
export function runningOwner(name) {
  const { owner } = readState(name);
  return owner && isStillOurs(owner) ? owner : null;
}

/** @param {string} name */
function stateFile(name) {
  return join(instanceDir(name), "state.json");
}

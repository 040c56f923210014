/** A named set of Redis, Kafka and MySQL: found running, taken from the environment, or started. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { hasApt } from "./apt.mjs";
import { withLock } from "./cache.mjs";
import { hasDocker, startContainers, stopContainers } from "./docker.mjs";
import { Failure } from "./failure.mjs";
import { STOP_GRACE_MS, startNative } from "./native.mjs";
import { instanceDir } from "./paths.mjs";
import { isStillOurs, sendSignal, terminate } from "./processes.mjs";
import { SERVICES, serviceNames } from "./services/index.mjs";
import { readState, runningOwner, updateState } from "./state.mjs";

/**
 * @typedef {import("./state.mjs").ServiceName} ServiceName
 * @typedef {Record<"REDIS_URL" | "KAFKA_BROKERS" | "DATABASE_URL", string>} Addresses
 *
 * @typedef {object} OpenOptions
 * @property {string} name
 * @property {boolean} [keep] the services outlive their starter until `npm run stack -- stop`
 * @property {boolean} [fresh] throw the data of earlier runs away, and use any free ports
 */

/**
 * Makes this process the owner of an instance, and ends what a crashed owner left running. Give it up again with
 * `closeInstance`.
 * @param {string} name
 * @param {string} script such as "stack/start.mjs"
 * @throws {Failure} when somebody else runs it
 */
export async function claimInstance(name, script) {
  await withLock(`${instanceDir(name)}.lock`, async () => {
    const owner = runningOwner(name);
    if (owner)
      throw new Failure(
        `${script} is running already, as process ${owner.pid}; stop it first (Ctrl-C there).`,
      );
    const leftovers = readState(name).processes.filter(isStillOurs);
    await Promise.all(leftovers.map(({ pid }) => terminate(pid, STOP_GRACE_MS)));
    updateState(name, { owner: { pid: process.pid, marker: script }, processes: [], env: {} });
  });
}

/**
 * Brings the instance's services up and returns their addresses. Addresses in the environment win, per service.
 * @param {OpenOptions} options
 * @returns {Promise<Addresses>}
 * @throws {Failure} when a service cannot be had
 */
export async function openInstance({ name, keep = false, fresh = false }) {
  const dir = instanceDir(name);
  return withLock(`${dir}.lock`, async () => {
    if (fresh) await removeServices(name);
    const before = readState(name);
    updateState(name, { keep: keep || before.keep });
    try {
      const addresses = await bringUp(name, fresh);
      updateState(name, { env: { ...readState(name).env, ...addresses } });
      return addresses;
    } catch (error) {
      if (!before.keep) await stopServices(name);
      throw error;
    }
  });
}

/**
 * Gives the instance up: its services end, unless `npm run stack` keeps them.
 * @param {string} name
 */
export async function closeInstance(name) {
  const { keep, env } = readState(name);
  const { REDIS_URL, KAFKA_BROKERS, DATABASE_URL } = /** @type {Addresses} */ (env);
  updateState(name, { owner: null, processes: [], env: { REDIS_URL, KAFKA_BROKERS, DATABASE_URL } });
  if (!keep) await stopServices(name);
}

/**
 * Ends all services of an instance, in parallel.
 * @param {string} name
 * @returns {Promise<ServiceName[]>} those that were running
 */
export async function stopServices(name) {
  const { services, docker } = readState(name);
  const running = serviceNames.filter((service) => isStillOurs(services[service]));
  await Promise.all(running.map((service) => terminate(services[service]?.pid ?? 0, STOP_GRACE_MS)));
  if (docker.length > 0) await stopContainers(name, docker);
  updateState(name, { services: {}, docker: [], env: {}, keep: false });
  return [...running, ...docker];
}

/**
 * Ends the services and deletes their data.
 * @param {string} name
 */
export async function removeServices(name) {
  await stopServices(name);
  for (const service of serviceNames)
    rmSync(join(instanceDir(name), service), { recursive: true, force: true });
}

/**
 * The last resort: SIGKILL to every native process of the instance, without waiting.
 * @param {string} name
 */
export function killInstance(name) {
  const { services, processes, keep } = readState(name);
  const records = keep ? processes : [...processes, ...Object.values(services)];
  for (const record of records.filter(isStillOurs)) sendSignal(record.pid, "SIGKILL");
}

/**
 * The addresses in use: of the environment, else of the running services; "" where there is none.
 * @param {string} name
 * @returns {Addresses}
 */
export function addressesInUse(name) {
  const { env } = readState(name);
  const pairs = serviceNames.map((service) => {
    const { variable } = SERVICES[service];
    return [variable, process.env[variable] || (isUp(name, service) ? env[variable] : "") || ""];
  });
  return /** @type {Addresses} */ (Object.fromEntries(pairs));
}

/**
 * @param {string} name
 * @param {ServiceName} service
 */
export function isUp(name, service) {
  const { services, docker } = readState(name);
  return docker.includes(service) || isStillOurs(services[service]);
}

/**
 * @param {string} name
 * @param {boolean} fresh
 * @returns {Promise<Addresses>}
 */
async function bringUp(name, fresh) {
  const wanted = serviceNames.filter((service) => !process.env[SERVICES[service].variable]);
  const started = usesDocker()
    ? await startContainers(name, wanted, fresh)
    : await startNative(name, wanted, fresh);
  const pairs = serviceNames.map((service) => {
    const { variable } = SERVICES[service];
    return [variable, process.env[variable] || started[service]];
  });
  return /** @type {Addresses} */ (Object.fromEntries(pairs));
}

function usesDocker() {
  const wish = process.env.STACK || "";
  if (!["", "docker", "native"].includes(wish)) {
    throw new Failure(`STACK is "${wish}", and can be "docker" or "native" or left out.`);
  }
  return wish === "docker" || (wish === "" && !hasApt() && hasDocker());
}

/** The services of an instance as processes of this machine: started, taken over from an earlier run, brought back. */
import { join } from "node:path";
import { withLock } from "./cache.mjs";
import { Stopped } from "./failure.mjs";
import { instanceDir } from "./paths.mjs";
import { isStillOurs, terminate } from "./processes.mjs";
import { say, step } from "./progress.mjs";
import { instancePasswords } from "./rights/accounts.mjs";
import { SERVICES, serviceNames } from "./services/index.mjs";
import { stopSignal } from "./shutdown.mjs";
import { readState, updateState } from "./state.mjs";

/** How long a process may take to end politely; Kafka and MySQL write their data down first. */
export const STOP_GRACE_MS = 20_000;

/** @typedef {import("./state.mjs").ServiceName} ServiceName */

/**
 * Starts or takes over the services side by side. When one fails, the others are awaited before the error goes
 * on, so that whoever cleans up sees them all.
 * @param {string} name
 * @param {ServiceName[]} wanted
 * @param {boolean} fresh
 * @returns {Promise<Partial<Record<ServiceName, string>>>} addresses
 */
export async function startNative(name, wanted, fresh) {
  const results = await Promise.allSettled(
    wanted.map(async (service) => /** @type {const} */ ([service, await startOne(name, service, fresh)])),
  );
  const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (reasons.length > 0) throw reasons.find((reason) => !(reason instanceof Stopped)) ?? reasons[0];
  return Object.fromEntries(
    results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
  );
}

/**
 * @param {string} name
 * @param {ServiceName} service
 * @param {boolean} fresh
 * @returns {Promise<string>} the address
 */
async function startOne(name, service, fresh) {
  const { label, prepare, start, adopt, defaultPort } = SERVICES[service];
  const dir = join(instanceDir(name), service);
  await prepare();
  const common = { dir, keepAfterExit: true, passwords: instancePasswords(name) };
  const earlier = readState(name).services[service];
  if (earlier && isStillOurs(earlier)) {
    const address = await adopt({ ...common, port: earlier.port, pid: earlier.pid });
    if (address) {
      say(`${label}: running already, ${address}`);
      return address;
    }
    await terminate(earlier.pid, STOP_GRACE_MS);
  }
  // One that crashed comes back where its clients look for it.
  const port = fresh ? {} : { nearPort: earlier?.port ?? defaultPort };
  const address = await step(`${label}: starting`, () =>
    start({ ...common, ...port, onSpawn: recorder(name, service) }),
  );
  if (stopSignal.aborted) throw new Stopped("stopped");
  return address;
}

/**
 * The native services that the instance runs on now, for `watch`. Docker looks after its containers, and
 * whoever gave an address after what is there.
 * @param {string} name
 * @returns {import("./watch.mjs").Watched[]}
 */
export function nativeServices(name) {
  return serviceNames
    .filter((service) => isNative(name, service))
    .map((service) => ({
      label: SERVICES[service].label,
      logFile: join(instanceDir(name), service, `${service}.log`),
      isRunning: () => isStillOurs(readState(name).services[service]),
      start: () => bringBack(name, service),
    }));
}

/**
 * Whether the service is a process that we have started, and neither a container nor somebody else's.
 * @param {string} name
 * @param {ServiceName} service
 */
export function isNative(name, service) {
  const { services, docker } = readState(name);
  return Boolean(services[service]) && !docker.includes(service) && !process.env[SERVICES[service].variable];
}

/**
 * Starts a service that ended, on its own port and data.
 * @param {string} name
 * @param {ServiceName} service
 */
async function bringBack(name, service) {
  const dir = instanceDir(name);
  await withLock(`${dir}.lock`, async () => {
    const ended = readState(name).services[service];
    // `npm run stack` in another terminal may have been quicker.
    if (!ended || isStillOurs(ended)) return;
    const onSpawn = recorder(name, service);
    await SERVICES[service].start({
      dir: join(dir, service),
      port: ended.port,
      keepAfterExit: true,
      passwords: instancePasswords(name),
      onSpawn,
    });
  });
}

/**
 * Writes a new process into the state as soon as it exists, so that a stop in the middle of its start finds it.
 * @param {string} name
 * @param {ServiceName} service
 * @returns {(record: import("./services/server.mjs").SpawnRecord) => void}
 */
function recorder(name, service) {
  return (record) => updateState(name, { services: { ...readState(name).services, [service]: record } });
}

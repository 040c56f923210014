/** The services in containers, by compose.yaml: where there is no apt-get, or with STACK=docker. */
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { ROOT } from "./paths.mjs";
import { stepAside } from "./ports.mjs";
import { step } from "./progress.mjs";
import { outputOf, run } from "./run.mjs";
import { DATABASE } from "./services/mysql.mjs";
import { readState, updateState } from "./state.mjs";

/** @typedef {import("./state.mjs").ServiceName} ServiceName */

/** @type {Record<ServiceName, { portVariable: string, port: number, address: (port: string) => string }>} */
const CONTAINERS = {
  redis: { portVariable: "REDIS_PORT", port: 6379, address: (port) => `redis://127.0.0.1:${port}` },
  kafka: { portVariable: "KAFKA_PORT", port: 9092, address: (port) => `127.0.0.1:${port}` },
  mysql: {
    portVariable: "MYSQL_PORT",
    port: 3306,
    address: (port) => `mysql://root@127.0.0.1:${port}/${DATABASE}`,
  },
};

export function hasDocker() {
  return outputOf("docker", ["compose", "version"]) !== null;
}

/**
 * Starts the wanted services, or finds them running, and returns their addresses.
 * @param {string} name the instance
 * @param {ServiceName[]} wanted
 * @param {boolean} fresh
 * @returns {Promise<Partial<Record<ServiceName, string>>>}
 */
export async function startContainers(name, wanted, fresh) {
  if (wanted.length === 0) return {};
  if (!hasDocker())
    throw new Failure("STACK=docker needs Docker with its compose plugin: install it, or leave STACK out.");
  const ports = runningPorts(name, wanted) ?? (await choosePorts(wanted, fresh));
  updateState(name, { docker: wanted });
  await step("Docker: starting the services", () =>
    run("docker", [...compose(name), "up", "-d", "--wait", ...wanted], { env: { ...process.env, ...ports } }),
  );
  return Object.fromEntries(
    wanted.map((service) => [
      service,
      CONTAINERS[service].address(ports[CONTAINERS[service].portVariable] ?? ""),
    ]),
  );
}

/**
 * Stops containers; those of a test lose their data with it.
 * @param {string} name
 * @param {ServiceName[]} services
 */
export async function stopContainers(name, services) {
  const down = name === "main" ? ["stop", ...services] : ["down", "--volumes"];
  // Its own signal: what stops us must not stop the stopping.
  await run("docker", [...compose(name), ...down], { signal: new AbortController().signal });
}

/** @param {string} name */
function compose(name) {
  return ["compose", "--project-name", `sunchak-${name}`, "--file", join(ROOT, "compose.yaml")];
}

/**
 * The ports of containers that an earlier run has started.
 * @param {string} name
 * @param {ServiceName[]} wanted
 * @returns {Record<string, string> | null}
 */
function runningPorts(name, wanted) {
  if (!wanted.every((service) => readState(name).docker.includes(service))) return null;
  const pairs = wanted.map((service) => {
    const { portVariable, port } = CONTAINERS[service];
    const shown = outputOf("docker", [...compose(name), "port", service, String(port)]);
    return [portVariable, /:(\d+)\s*$/.exec(shown ?? "")?.[1] ?? ""];
  });
  return pairs.every(([, port]) => port) ? Object.fromEntries(pairs) : null;
}

/**
 * @param {ServiceName[]} wanted
 * @param {boolean} fresh
 * @returns {Promise<Record<string, string>>}
 */
async function choosePorts(wanted, fresh) {
  /** @type {Record<string, string>} */
  const ports = {};
  for (const service of wanted) {
    const { portVariable, port } = CONTAINERS[service];
    ports[portVariable] = String(await stepAside(fresh ? port + 20_000 : port));
  }
  return ports;
}

/** The environment of web and worker under `npm start`: ports that step aside, keys made once, the demo switched on. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { instanceDir } from "./paths.mjs";
import { isPortFree, stepAside } from "./ports.mjs";

const PORTS = { PORT: 3000, WORKER_PORT: 3001, METRICS_PORT: 3002 };
const PORT_MAX = 65_535;
/** What commands (event:create, rush …) need to know of a running product. */
const SHARED_WITH_COMMANDS = [
  "REDIS_URL",
  "REDIS_CA_FILE",
  "KAFKA_BROKERS",
  "KAFKA_TLS",
  "KAFKA_CA_FILE",
  "KAFKA_SASL_MECHANISM",
  "KAFKA_USERNAME",
  "KAFKA_PASSWORD",
  "DATABASE_URL",
  "DATABASE_TLS",
  "DATABASE_CA_FILE",
  ...Object.keys(PORTS),
  "HOST",
  "PUBLIC_URL",
  "EPOCH_LEASE_MS",
  "CLAIM_TOPIC",
  "CLAIM_PARTITIONS",
  "CLAIM_REPLICATION",
  "CONSUMER_GROUP",
];

/** @typedef {Record<string, string> & { NODE_ENV: "production" | "development" }} ProductEnv */

/**
 * The variables for both processes; whatever the environment gives wins.
 * @param {{ addresses: Record<string, string>, dev: boolean }} options
 * @returns {Promise<ProductEnv>}
 */
export async function productEnv({ addresses, dev }) {
  const given = Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value ? [[key, value]] : [])),
  );
  return {
    SESSION_KEYS: sessionKeys(),
    AUTH_MODE: "demo",
    // The local product is a demonstration: anyone may sign in as anyone. A deployment does not set this.
    ALLOW_DEMO_IN_PRODUCTION: "yes",
    SEED: "demo",
    // The ended demo event is there to be looked at; the guardian would put it away.
    ARCHIVE_AFTER_HOURS: "0",
    // Said here as well as in server/env.ts, because rights are given by these names.
    CLAIM_TOPIC: "coupon.request",
    CONSUMER_GROUP: "sunchak-worker",
    ...given,
    ...(await choosePorts()),
    ...addresses,
    NODE_ENV: dev ? "development" : "production",
  };
}

/**
 * The part of it that `.stack/main/state.json` tells commands.
 * @param {Record<string, string>} env
 * @returns {Record<string, string>}
 */
export function envForCommands(env) {
  const shared = SHARED_WITH_COMMANDS.flatMap((key) => (env[key] ? [[key, env[key]]] : []));
  return { PUBLIC_URL: `http://127.0.0.1:${env.PORT}`, ...Object.fromEntries(shared) };
}

/**
 * Says at once, before anything is set up, when what was given is not a port, or one port is given twice.
 * @param {Record<string, string | undefined>} given the environment
 * @throws {Failure}
 */
export function refuseWrongPorts(given) {
  /** @type {Map<number, string>} */
  const seen = new Map();
  for (const variable of Object.keys(PORTS)) {
    const text = given[variable];
    if (!text) continue;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > PORT_MAX) {
      throw new Failure(`${variable} is "${text}", and must be a whole number from 1 to ${PORT_MAX}.`);
    }
    const other = seen.get(port);
    if (other) throw new Failure(`${other} and ${variable} are both ${port}; give each a port of its own.`);
    seen.set(port, variable);
  }
}

/**
 * Says at once, before anything is started, when a port that was given cannot be had.
 * @throws {Failure}
 */
export async function refuseTakenPorts() {
  for (const variable of Object.keys(PORTS)) {
    const given = process.env[variable];
    if (given && !(await isPortFree(Number(given)))) {
      throw new Failure(`${variable}=${given} is taken by another program; give another port or none.`);
    }
  }
}

/** @returns {Promise<Record<string, string>>} */
async function choosePorts() {
  /** @type {Record<string, string>} */
  const ports = {};
  for (const variable of Object.keys(PORTS))
    if (process.env[variable]) ports[variable] = process.env[variable];
  for (const [variable, usual] of Object.entries(PORTS)) {
    ports[variable] ??= String(await stepAside(usual, Object.values(ports).map(Number)));
  }
  return ports;
}

/** Made once and kept, so that a restart signs nobody out. */
function sessionKeys() {
  const file = join(instanceDir("main"), "session-keys");
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  return readFileSync(file, "utf8").trim();
}

/** Accounts of a local Kafka: a listener of their own, with passwords, beside the plain one whose users may do everything. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, isPortFree, portToBeFree } from "../ports.mjs";

const LISTENER = "ACCOUNTS";
/** How long a Kafka that comes back waits for the port of its killed predecessor. */
const PORT_RELEASE_MS = 5_000;

/**
 * The settings that switch accounts and rights on. Who comes without an account, over a listener that asks for none,
 * is an administrator: those listeners are bound to this machine.
 * @param {import("./accounts.mjs").Passwords} passwords
 * @param {readonly { name: string }[]} listeners those that ask for an account
 */
export function accountSettings(passwords, listeners) {
  const users = Object.entries(passwords).map(([account, password]) => `user_${account}="${password}"`);
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required ${users.join(" ")};`;
  const ofListeners = listeners.flatMap(({ name }) => {
    const prefix = `listener.name.${name.toLowerCase()}`;
    return [
      [`${prefix}.sasl.enabled.mechanisms`, "PLAIN"],
      [`${prefix}.plain.sasl.jaas.config`, login],
    ];
  });
  return {
    ...Object.fromEntries(ofListeners),
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
  };
}

/**
 * The listener for accounts, on the port that it had before: processes that run hold this address.
 * @param {string} dir of the Kafka
 * @returns {Promise<import("../services/kafka.mjs").KafkaListener>}
 */
export async function accountListener(dir) {
  const earlier = earlierPort(dir);
  if (earlier !== null) await portToBeFree(earlier, PORT_RELEASE_MS);
  const port = earlier !== null && (await isPortFree(earlier)) ? earlier : await freePort();
  return { name: LISTENER, port, advertisedPort: port };
}

/**
 * Where a Kafka of this stack asks for accounts; null for one that an older version of this stack has started.
 * @param {string} dir of the Kafka
 * @returns {string | null} as in KAFKA_BROKERS
 */
export function accountBrokers(dir) {
  const port = earlierPort(dir);
  return port === null ? null : `127.0.0.1:${port}`;
}

/** @param {string} dir */
function earlierPort(dir) {
  const file = join(dir, "server.properties");
  if (!existsSync(file)) return null;
  const port = new RegExp(`^listeners=.*\\b${LISTENER}://127\\.0\\.0\\.1:(\\d+)`, "m").exec(
    readFileSync(file, "utf8"),
  );
  return port ? Number(port[1]) : null;
}

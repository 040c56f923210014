/** For tests that share the Kafka of a local stack: the accounts that this Kafka was started with. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { instanceDir, STACK_DIR } from "../paths.mjs";
import { readState } from "../state.mjs";
import { instancePasswords } from "./accounts.mjs";
import { accountBrokers } from "./kafka-accounts.mjs";

/**
 * @param {string} brokers the administrator's address of a Kafka
 * @returns {{ brokers: string, passwords: import("./accounts.mjs").Passwords } | null} null for a Kafka that no local
 *   stack of this version has started: what accounts it has is not ours to know
 */
export function accountsOfLocalKafka(brokers) {
  const names = existsSync(STACK_DIR) ? readdirSync(STACK_DIR) : [];
  const name = names.find((instance) => readState(instance).env.KAFKA_BROKERS === brokers);
  const accounts = name === undefined ? null : accountBrokers(join(instanceDir(name), "kafka"));
  return name === undefined || accounts === null
    ? null
    : { brokers: accounts, passwords: instancePasswords(name) };
}

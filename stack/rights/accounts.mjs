/**
 * The accounts under which web, the worker's reader and the guardian run on a local stack. What each may do stands in
 * deploy/rights; their passwords are made here once, and known to nobody but this machine.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { instanceDir, ROOT } from "../paths.mjs";

/** @typedef {"sunchak-web" | "sunchak-worker" | "sunchak-guardian"} AccountName */
/** @typedef {Record<AccountName, string>} Passwords */

export const accountNames = /** @type {const} */ (["sunchak-web", "sunchak-worker", "sunchak-guardian"]);

/**
 * @param {"redis.acl" | "mysql.sql" | "kafka.acl"} file
 */
export function rightsFile(file) {
  return readFileSync(join(ROOT, "deploy", "rights", file), "utf8");
}

/** @returns {Passwords} */
export function newPasswords() {
  return /** @type {Passwords} */ (
    Object.fromEntries(accountNames.map((account) => [account, randomBytes(18).toString("hex")]))
  );
}

/**
 * The passwords of an instance: kept, so that a service that goes on running is still understood.
 * @param {string} instance
 * @returns {Passwords}
 */
export function instancePasswords(instance) {
  const file = join(instanceDir(instance), "passwords.json");
  if (!existsSync(file)) writeSecret(file, `${JSON.stringify(newPasswords(), null, 2)}\n`);
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * Writes a file that only its owner may read. A mode counts only for a file that is made anew.
 * @param {string} file
 * @param {string} text
 */
export function writeSecret(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600 });
}

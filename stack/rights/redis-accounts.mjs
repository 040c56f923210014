/** Accounts of a local Redis: a file that it reads when it starts, beside the one without a password for everything else. */
import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../ports.mjs";
import { rightsFile, writeSecret } from "./accounts.mjs";

/** What commands, tests and operators on this machine use. */
const ADMINISTRATOR = "user default on nopass ~* &* +@all";

/** @param {string} dir of the Redis */
export function aclFile(dir) {
  return join(dir, "users.acl");
}

/**
 * Whether the Redis of this folder knows the accounts. One that an older version of this stack has started does not.
 * @param {string} dir
 */
export function hasRedisAccounts(dir) {
  return existsSync(aclFile(dir));
}

/**
 * @param {string} dir
 * @param {import("./accounts.mjs").Passwords} passwords
 */
export function writeRedisAccounts(dir, passwords) {
  const users = rightsFile("redis.acl")
    .split("\n")
    .filter((line) => line.startsWith("user "))
    .map((line) => {
      const account = /** @type {import("./accounts.mjs").AccountName} */ (line.split(" ")[1]);
      return line.replace("<sha256>", createHash("sha256").update(passwords[account]).digest("hex"));
    });
  writeSecret(aclFile(dir), `${[ADMINISTRATOR, ...users].join("\n")}\n`);
}

/**
 * Brings the rights of this version to a Redis that runs already.
 * @param {{ dir: string, port: number }} server
 * @param {import("./accounts.mjs").Passwords} passwords
 */
export async function reloadRedisAccounts({ dir, port }, passwords) {
  writeRedisAccounts(dir, passwords);
  const answer = await ask({
    port,
    request: "ACL LOAD\r\n",
    done: (received) => (received.includes("\r\n") ? received.toString("latin1") : undefined),
  });
  // It was started without a file of accounts, and cannot get one while it runs.
  if (answer !== "+OK\r\n") rmSync(aclFile(dir));
}

/** `npm run migrate`: creates or updates the tables, under a named lock. Takes DATABASE_URL, or the local stack's. */
import { fileURLToPath } from "node:url";
import { migrateEnv } from "#server/env";
import { connectMysql } from "#server/mysql/connect";
import { migrateMysql } from "#server/mysql/migrate";
import { readOptions } from "./lib/options.ts";
import { runCommand } from "./lib/run-command.ts";

const HELP = `npm run migrate

Creates the tables, or brings them to this version; any number of processes may run it at once. It takes no options
but --help, and DATABASE_URL from the environment or the running stack. Exit code 0; 1 when it failed; 2 for wrong
arguments.`;

/** Changing a large table may take minutes. */
const QUERY_TIMEOUT_MS = 30 * 60_000;

await runCommand({ help: HELP, run });

async function run(args: string[]) {
  readOptions(args, {});
  const { DATABASE_URL: url } = migrateEnv();
  const log = {
    info: () => {},
    warn: (message: string, fields?: object) => console.error(message, fields ?? ""),
  };
  const mysql = connectMysql({ url, poolMax: 2, log, queryTimeoutMs: QUERY_TIMEOUT_MS });
  try {
    await migrateMysql(mysql, fileURLToPath(new URL("../drizzle", import.meta.url)));
    return { result: { migrated: true } };
  } finally {
    await mysql.close();
  }
}

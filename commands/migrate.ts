/** `npm run migrate`: creates or updates the tables, under a named lock. Takes DATABASE_URL, or the local stack's. */
import { fileURLToPath } from "node:url";
import { migrateEnv } from "#server/env";
import { databaseAccess } from "#server/env/services";
import { connectMysql } from "#server/mysql/connect";
import { migrateMysql } from "#server/mysql/migrate";
import { seedDemo } from "#server/mysql/seed";
import { refusalOf } from "#server/refusal";
import { readOptions } from "./lib/options.ts";
import { CommandError, runCommand } from "./lib/run-command.ts";

const HELP = `npm run migrate

Creates the tables, or brings them to this version; any number of processes may run it at once. With SEED=demo it
also fills an empty database with a few events to look at. It takes no options
but --help, and DATABASE_URL from the environment or the running stack. Exit code 0; 1 when it failed; 2 for wrong
arguments.`;

/** Changing a large table may take minutes. */
const QUERY_TIMEOUT_MS = 30 * 60_000;

await runCommand({ help: HELP, run });

async function run(args: string[]) {
  readOptions(args, {});
  const env = migrateEnv();
  const log = {
    info: () => {},
    warn: (message: string, fields?: object) => console.error(message, fields ?? ""),
  };
  const mysql = connectMysql({ ...databaseAccess(env), poolMax: 2, log, queryTimeoutMs: QUERY_TIMEOUT_MS });
  try {
    await migrateMysql(mysql, fileURLToPath(new URL("../drizzle", import.meta.url)));
    // Here as well as in the worker, whose account may have no right to create events.
    if (env.SEED === "demo") await seedDemo({ mysql, reporter: log });
    return { result: { migrated: true } };
  } catch (error) {
    const refusal = refusalOf("MySQL", error);
    throw refusal === null ? error : new CommandError(refusal);
  } finally {
    await mysql.close();
  }
}

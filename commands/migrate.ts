/** `npm run migrate`: creates or updates the tables, under a named lock. Takes DATABASE_URL, or the local stack's. */
import { fileURLToPath } from "node:url";
import { migrateEnv, orExit } from "#server/env";
import { connectMysql } from "#server/mysql/connect";
import { migrateMysql } from "#server/mysql/migrate";

/** Changing a large table may take minutes. */
const QUERY_TIMEOUT_MS = 30 * 60_000;

const { DATABASE_URL: url } = orExit(() => migrateEnv());
const log = {
  info: () => {},
  warn: (message: string, fields?: object) => console.error(message, fields ?? ""),
};
const mysql = connectMysql({ url, poolMax: 2, log, queryTimeoutMs: QUERY_TIMEOUT_MS });
try {
  await migrateMysql(mysql, fileURLToPath(new URL("../drizzle", import.meta.url)));
  console.log(JSON.stringify({ migrated: true }));
} catch (error) {
  console.error("migration failed:", error);
  process.exitCode = 1;
} finally {
  await mysql.close();
}

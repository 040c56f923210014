/** What the subcommands of `failed` work with: MySQL alone, unless the gates have to be rebuilt. */
import { commandEnv } from "#server/env";
import { databaseAccess } from "#server/env/services";
import { connectMysql, type Mysql } from "#server/mysql/connect";
import { mysqlEpochStore } from "#server/mysql/epoch-store";
import { silentLog } from "../lib/parts.ts";
import { CommandError } from "../lib/run-command.ts";

export type Outcome = { result: object; fallsShort?: boolean };

const MYSQL_POOL_MAX = 2;
/** A replay may wait for a batch of the worker. */
const QUERY_TIMEOUT_MS = 10_000;

/** @throws CommandError when MySQL cannot be used */
export async function withMysql(work: (mysql: Mysql) => Promise<Outcome>): Promise<Outcome> {
  const mysql = connectMysql({
    ...databaseAccess(commandEnv()),
    poolMax: MYSQL_POOL_MAX,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
    log: silentLog,
  });
  try {
    await mysqlEpochStore({ mysql })
      .currentEpoch()
      .catch((cause: unknown) => {
        throw new CommandError("MySQL cannot be used: start the product with `npm start`", { cause });
      });
    return await work(mysql);
  } finally {
    await mysql.close();
  }
}

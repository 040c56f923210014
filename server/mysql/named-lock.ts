/** A named lock of the MySQL server, held by one connection for as long as the work takes. */
import type { BoundedConnection } from "./bounded-client.ts";
import type { Mysql } from "./connect.ts";

/**
 * Runs the work while this process holds the lock. The lock goes with its connection, so it is a courtesy
 * between processes and no fence: whoever must not be overtaken needs another one (the guardian has the epoch).
 * @param lock.waitS how long to wait for the lock, in whole seconds; 0 does not wait
 * @returns null when the lock was not free in time
 */
export async function withNamedLock<T>(
  { reserveConnection, databaseName }: Pick<Mysql, "reserveConnection" | "databaseName">,
  { purpose, waitS }: { purpose: string; waitS: number },
  work: () => Promise<T>,
): Promise<T | null> {
  const name = lockName(databaseName, purpose);
  const connection = await reserveConnection();
  try {
    if (!(await isGranted(connection, "select get_lock(?, ?)", [name, waitS]))) return null;
    try {
      return await work();
    } finally {
      // A connection that was lost has given the lock back already; that must not hide the outcome of the work.
      await isGranted(connection, "select release_lock(?)", [name]).catch(() => false);
    }
  } finally {
    connection.release();
  }
}

const LOCK_NAME_LENGTH_MAX = 64;

/** Names hold for the whole server, hence the database in them; of a long one the end counts. */
function lockName(databaseName: string, purpose: string): string {
  const prefix = `sunchak:${purpose}:`;
  return prefix + databaseName.slice(prefix.length - LOCK_NAME_LENGTH_MAX);
}

async function isGranted(connection: BoundedConnection, sql: string, values: unknown[]): Promise<boolean> {
  const [rows] = (await connection.query({ sql, rowsAsArray: true }, values)) as [unknown[][]];
  return rows[0]?.[0] === 1;
}

/**
 * What stands between Drizzle and the mysql2 pool: every wait gets an end. mysql2 itself has no time-out for
 * getting a connection, Drizzle passes none for a query, and after a time-out the connection would still carry
 * the late answer of the old query.
 */
import type { Pool, PoolConnection, QueryOptions } from "mysql2/promise";
import { UnreachableError } from "#server/coupon/errors";
import { isOutage } from "./errors.ts";

export type Bounds = {
  /** longest wait for a free or new connection */
  acquireTimeoutMs: number;
  /** longest wait for the answer to one statement */
  queryTimeoutMs: number;
};

/** The part of a pool that Drizzle uses. */
export type BoundedClient = {
  query(options: QueryOptions, values?: unknown[]): Promise<unknown>;
  /** Drizzle's migrate() reads its journal by this one. */
  execute(sql: string, values?: unknown[]): Promise<unknown>;
  getConnection(): Promise<BoundedConnection>;
};

export type BoundedConnection = {
  query(options: QueryOptions, values?: unknown[]): Promise<unknown>;
  release(): void;
};

export class MysqlTimeoutError extends UnreachableError {
  override name = "MysqlTimeoutError";
}

/**
 * @throws UnreachableError from every method when MySQL is away, or when a bound has passed (MysqlTimeoutError):
 *   whether a statement ran is then unknown
 */
export function boundedClient(pool: Pool, bounds: Bounds): BoundedClient {
  const getConnection = async () => boundedConnection(await acquire(pool, bounds), bounds);
  const query: BoundedClient["query"] = async (options, values) => {
    const connection = await getConnection();
    try {
      return await connection.query(options, values);
    } finally {
      connection.release();
    }
  };
  return { getConnection, query, execute: (sql, values) => query({ sql }, values) };
}

function acquire(pool: Pool, { acquireTimeoutMs }: Bounds): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new MysqlTimeoutError(`no connection to MySQL within ${acquireTimeoutMs} ms`));
    }, acquireTimeoutMs);
    pool.getConnection().then(
      (connection) => {
        clearTimeout(timer);
        // Nobody waits for a connection that comes too late: the next one in the pool's queue gets it.
        if (late) connection.release();
        else resolve(connection);
      },
      (cause) => {
        clearTimeout(timer);
        // No server, none that lets us in, or too many callers who wait: no statement was at fault.
        reject(unreachable(cause));
      },
    );
  });
}

function boundedConnection(connection: PoolConnection, { queryTimeoutMs }: Bounds): BoundedConnection {
  let usable = true;
  return {
    async query(options, values) {
      if (!usable) throw new MysqlTimeoutError("the connection was given up after a time-out");
      try {
        return await connection.query({ ...options, timeout: queryTimeoutMs }, values ?? options.values);
      } catch (cause) {
        if ((cause as { code?: string }).code !== "PROTOCOL_SEQUENCE_TIMEOUT")
          throw isOutage(cause) ? unreachable(cause) : cause;
        // The server may still be at work on the statement; closing the connection rolls its transaction back.
        usable = false;
        connection.destroy();
        throw new MysqlTimeoutError(`no answer from MySQL within ${queryTimeoutMs} ms`, { cause });
      }
    },
    release() {
      if (usable) connection.release();
      usable = false;
    },
  };
}

function unreachable(cause: unknown): UnreachableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnreachableError(`MySQL cannot be asked: ${reason}`, { cause });
}

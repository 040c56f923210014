/** The way to MySQL: pools whose every wait is bounded, and sessions that mean the same whatever the server's defaults are. */
import { drizzle, type MySql2Database } from "drizzle-orm/mysql2";
import { createPool, type Pool, type PoolOptions } from "mysql2/promise";
import type { Reporter } from "#server/coupon/ports";
import { type BoundedClient, type BoundedConnection, type Bounds, boundedClient } from "./bounded-client.ts";

export type Database = MySql2Database;
export type Log = Pick<Reporter, "info" | "warn">;

export type Mysql = {
  db: Database;
  /** A small pool of its own, so that the lease can be renewed while claims or batches hold every other connection. */
  epochDb: Database;
  /** One connection for the caller alone, until it is released: named locks belong to a connection. */
  reserveConnection(): Promise<BoundedConnection>;
  /** Names of locks hold for the whole server, so this is part of them. */
  databaseName: string;
  close(): Promise<void>;
};

export type MysqlOptions = {
  url: string;
  /** the authorities to trust, in PEM, or those that Node knows; without `tls` nothing is encrypted */
  tls?: { ca?: string };
  poolMax: number;
  log: Log;
  /** Longest wait for one statement: 1,500 ms suits an answer that a user waits for; a worker's batch gets 10,000. */
  queryTimeoutMs?: number;
};

/** A crowd that uses one coupon at once queues for its row; a claim has a deadline of its own. */
const ACQUIRE_TIMEOUT_MS = 1_500;
/** Nobody else queues for these two connections. */
const EPOCH_ACQUIRE_TIMEOUT_MS = 500;
const CONNECT_TIMEOUT_MS = 1_000;
const WEB_QUERY_TIMEOUT_MS = 1_500;
/** The lease is 5 s and is renewed every second: a read that takes longer than this is better asked again. */
const EPOCH_QUERY_TIMEOUT_MS = 1_000;
const EPOCH_POOL_MAX = 2;
/** Callers that may wait for a connection, per connection. More would only wait to be timed out. */
const QUEUE_PER_CONNECTION = 50;
/** A pool that is being closed gets this long to say goodbye to a server that may be frozen. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Opens no connection yet: the first query does, and so does every query after MySQL was away. */
export function connectMysql({
  url,
  tls,
  poolMax,
  log,
  queryTimeoutMs = WEB_QUERY_TIMEOUT_MS,
}: MysqlOptions): Mysql {
  const server = { url, log, ...(tls && { tls }) };
  const main = openPool({
    ...server,
    poolMax,
    bounds: { acquireTimeoutMs: ACQUIRE_TIMEOUT_MS, queryTimeoutMs },
  });
  const epoch = openPool({
    ...server,
    poolMax: EPOCH_POOL_MAX,
    bounds: { acquireTimeoutMs: EPOCH_ACQUIRE_TIMEOUT_MS, queryTimeoutMs: EPOCH_QUERY_TIMEOUT_MS },
  });
  return {
    db: main.db,
    epochDb: epoch.db,
    reserveConnection: () => main.client.getConnection(),
    databaseName: decodeURIComponent(new URL(url).pathname.slice(1)),
    async close() {
      await Promise.all([closePool(main.pool), closePool(epoch.pool)]);
    },
  };
}

type OpenPool = { pool: Pool; client: BoundedClient; db: Database };

function openPool(
  options: Pick<MysqlOptions, "url" | "tls" | "poolMax" | "log"> & { bounds: Bounds },
): OpenPool {
  const { url, tls, poolMax, log, bounds } = options;
  const pool = createPool({
    uri: url,
    // By default the driver asks only who signed the certificate, and not for whom.
    ...(tls && { ssl: { ...tls, rejectUnauthorized: true, verifyIdentity: true } }),
    connectionLimit: poolMax,
    maxIdle: poolMax,
    queueLimit: poolMax * QUEUE_PER_CONNECTION,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    // Counts of changed rows must not include rows that were only found (an insert that met a duplicate).
    flags: ["-FOUND_ROWS"],
    timezone: "Z",
    // Offsets are 64-bit numbers: those above 2^53 arrive as strings instead of rounded.
    supportBigNumbers: true,
    // A reset would undo the session settings below, and costs a round trip for each query.
    resetOnRelease: false,
  } satisfies PoolOptions);
  pool.pool.on("connection", (connection) => {
    // Queued before the first statement of whoever asked for the connection.
    connection.query(sessionSettings(bounds), (error) => {
      if (!error) return;
      log.warn("a new MySQL connection refused the session settings and was closed", {
        error: error.message,
      });
      connection.destroy();
    });
  });
  const client = boundedClient(pool, bounds);
  // Drizzle needs of its client what BoundedClient has, and asks for the type of the whole driver.
  return { pool, client, db: drizzle({ client: client as unknown as Pool }) };
}

/**
 * READ COMMITTED, so that a read-back sees what other workers committed meanwhile (histories 20, 26); strict, so
 * that bad data is refused instead of cut to size; and the server gives up a little before we do, because then
 * the connection can stay.
 */
function sessionSettings({ queryTimeoutMs }: Bounds): string {
  const lockWaitS = Math.max(1, Math.floor(queryTimeoutMs / 2_000));
  return [
    "SET time_zone = '+00:00'",
    "transaction_isolation = 'READ-COMMITTED'",
    "sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    `innodb_lock_wait_timeout = ${lockWaitS}`,
    `max_execution_time = ${Math.floor(queryTimeoutMs * 0.9)}`,
  ].join(", ");
}

async function closePool(pool: Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
  });
  await Promise.race([pool.end().catch(() => {}), patience]);
  clearTimeout(timer);
}

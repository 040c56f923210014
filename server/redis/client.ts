/**
 * The connection to Redis: one server, or a Cluster. Its options are part of the protocol: no command waits in a
 * queue until a later connection, and none is ever sent twice (docs/protocol.md, "Fence").
 */
import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { Reporter } from "#server/coupon/ports";
import { type FirstWord, listenToFirstWord } from "./first-word.ts";

export type RedisClient = Redis | Cluster;
export type RedisLog = Pick<Reporter, "info" | "warn">;

export type RedisConnection = FirstWord & {
  client: RedisClient;
  /** Every master that owns slots. Throws when the list is not complete. */
  masters(): Promise<Redis[]>;
  isReady(): boolean;
  /** Ends the connection. Commands under way are rejected, so finish or await them before. */
  close(): void;
};

/** A script call is over in milliseconds; whoever waits longer hears "pending" and asks again. */
const COMMAND_TIMEOUT_MS = 500;
const CONNECT_TIMEOUT_MS = 2000;
/** A connection that is silent this long while replies are due is dead: a cut cable closes nothing by itself. */
const SOCKET_TIMEOUT_MS = 4000;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 1000;
const SLOTS = 16_384;

/**
 * Connects, and keeps connecting for as long as it is not closed. Returns at once; see `untilReady`.
 * @param options.url `redis://` or `rediss://`, with user and password where Redis asks for them; several, separated by
 *   commas, are a Cluster's first nodes
 * @param options.isRefusal whether an error means that trying again is of no use before somebody has changed a setting
 * @param options.ca for `rediss://`: the authorities to trust, in PEM; without them those that Node knows
 */
export function connectRedis(options: {
  url: string;
  ca?: string;
  log: RedisLog;
  clientName: string;
  isRefusal: (error: unknown) => boolean;
}): RedisConnection {
  const urls = options.url.split(",").map((url) => url.trim());
  const [first = "", ...others] = urls;
  const common = nodeOptions(options);
  const client =
    others.length === 0 ? new Redis(first, common) : new Cluster(urls, clusterOptions(first, common));
  const reports = reportTo(options.log, client);
  const firstWord = listenToFirstWord(client, options.isRefusal);

  return {
    client,
    masters: async () => (client instanceof Cluster ? slotOwners(client) : [client]),
    ...firstWord,
    isReady: () => client.status === "ready",
    close: () => {
      reports.end();
      client.disconnect();
    },
  };
}

function nodeOptions({ url, ca, clientName }: { url: string; ca?: string; clientName: string }) {
  return {
    connectionName: clientName,
    // Node holds the certificate against the host's name or address by itself.
    ...(url.startsWith("rediss:") && { tls: ca === undefined ? {} : { ca } }),
    // The next three: with ioredis's defaults a lost reply runs a script a second time on the next connection.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // Without it a command that was under way when the connection broke would never settle.
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    retryStrategy: backoffMs,
  } satisfies RedisOptions;
}

function clusterOptions(firstUrl: string, common: ReturnType<typeof nodeOptions>) {
  const { username, password } = new URL(firstUrl);
  return {
    enableOfflineQueue: false,
    // MOVED and ASK are followed, since the node that answers so has not run the script. Nothing else is tried again.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    clusterRetryStrategy: backoffMs,
    clusterNodeRetryStrategy: backoffMs,
    redisOptions: {
      ...common,
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
    },
  };
}

function backoffMs(attempt: number): number {
  return Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(attempt - 1, 10), BACKOFF_MAX_MS);
}

/** One line when the connection goes and one when it is back; ioredis repeats its errors with every attempt. */
function reportTo(log: RedisLog, client: RedisClient): { end: () => void } {
  let silent = false;
  // Before anybody logs it.
  client.on("error", forgetLogin);
  const warnOnce = (message: string, fields?: Record<string, unknown>) => {
    if (!silent) log.warn(message, fields);
    silent = true;
  };
  const ready = () => {
    silent = false;
    log.info("Redis is connected");
  };
  client.on("ready", ready);
  client.on("error", (error: Error) => warnOnce("Redis is not reachable, trying again", { error }));
  client.on("close", () => warnOnce("the connection to Redis was closed"));
  return {
    end() {
      silent = true;
      client.off("ready", ready);
    },
  };
}

type DriverError = Error & { command?: unknown; lastNodeError?: DriverError };

/** What Redis says of a login carries the login, password and all; a Cluster has it from its last node. */
function forgetLogin(error: DriverError): void {
  delete error.command;
  if (error.lastNodeError) forgetLogin(error.lastNodeError);
}

/** The masters by a fresh slot map, which has to cover every slot: one left out would keep its scripts. */
async function slotOwners(cluster: Cluster): Promise<Redis[]> {
  await new Promise<void>((resolve, reject) => {
    cluster.refreshSlotsCache((error) => (error ? reject(error) : resolve()));
  });
  const owners = new Set<string>();
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const owner = cluster.slots[slot]?.[0];
    if (!owner) throw new Error(`no master owns slot ${slot} of the Redis Cluster`);
    owners.add(owner);
  }
  const byName = new Map(
    cluster.nodes("master").map((node) => [`${node.options.host}:${node.options.port}`, node]),
  );
  return [...owners].map((owner) => {
    const node = byName.get(owner);
    if (!node) throw new Error(`the Redis Cluster's master ${owner} is not connected`);
    return node;
  });
}

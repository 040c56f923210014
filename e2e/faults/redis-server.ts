/** What a Redis server can suffer, beyond signals: an older state of its files, and replicas. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { startRedis } from "../../stack/services/redis.mjs";
import { until } from "../system/until.ts";

/** A port that is reserved, so that nothing of ours ever has it. */
const NOBODY_LISTENS = 1;

/** A copy of the append-only files, taken while the server runs, as a backup or a slow disk would keep it. */
export type OlderFiles = {
  /** Puts the copy in the place of the files. Only while the server is down. */
  restore(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function copyAppendOnlyFiles(redis: Redis): Promise<OlderFiles> {
  const dir = await settingOf(redis, "dir");
  const files = join(dir, await settingOf(redis, "appenddirname"));
  const copy = await mkdtemp(join(tmpdir(), "sunchak-aof-"));
  await cp(files, copy, { recursive: true });
  return {
    async restore() {
      await rm(files, { recursive: true });
      await cp(copy, files, { recursive: true });
    },
    [Symbol.asyncDispose]: () => rm(copy, { recursive: true, force: true }),
  };
}

async function settingOf(redis: Redis, name: string): Promise<string> {
  const [, value] = (await redis.config("GET", name)) as string[];
  if (!value) throw new Error(`Redis has no setting ${name}`);
  return value;
}

export type Replica = {
  redis: Redis;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts a replica on this machine and waits until it has everything. */
export async function startReplica(master: Redis): Promise<Replica> {
  const dir = await mkdtemp(join(tmpdir(), "sunchak-replica-"));
  // Accounts are not replicated; whoever may be promoted has to know them as well.
  const server = await startRedis({ dir, config: { aclfile: await settingOf(master, "aclfile") } });
  const redis = new Redis(server.url, { retryStrategy: () => 100 });
  redis.on("error", () => {});
  const replica: Replica = {
    redis,
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    await follow(redis, master);
  } catch (error) {
    await replica[Symbol.asyncDispose]();
    throw error;
  }
  return replica;
}

/** Makes a server the replica of another one, and waits until it has everything that lies there now. */
export async function follow(redis: Redis, master: Redis): Promise<void> {
  // By default a master waits for further replicas, longer than the guardian has patience.
  await master.config("SET", "repl-diskless-sync-delay", "0");
  await redis.replicaof("127.0.0.1", Number(master.options.port));
  await until("the replica to be in step with its master", async () =>
    (await redis.info("replication")).includes("master_link_status:up"),
  );
}

/** Cuts a replica off from its master: it stays a replica, and what it has grows old. */
export async function cutOff(redis: Redis): Promise<void> {
  await redis.replicaof("127.0.0.1", NOBODY_LISTENS);
}

/** Makes a replica a master of its own, with what it has. */
export async function promote(redis: Redis): Promise<void> {
  await redis.replicaof("NO", "ONE");
}

/** The private servers that fault tests use: they come back after kill -9 on the same port, with their data. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startKafka } from "./kafka.mjs";
import { startMysql } from "./mysql.mjs";
import { startRedis } from "./redis.mjs";
import type { Server } from "./server.mjs";

let dir: string;
const servers: Server[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "restart-"));
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(dir, { recursive: true, force: true });
});

async function killAndStart(server: Server): Promise<void> {
  const { pid, port } = server;
  await server.kill("SIGKILL");
  expect(server.isRunning()).toBe(false);
  await server.start();
  expect(server.pid).not.toBe(pid);
  expect(server.port).toBe(port);
}

test("Redis keeps what it acknowledged, and runs with the settings the gate needs", async () => {
  const server = await startRedis({ dir: join(dir, "redis") });
  servers.push(server);
  const redis = new Redis(server.url);
  try {
    await redis.set("key", "value");
    await killAndStart(server);
    expect(await redis.get("key")).toBe("value");
    expect(await redis.config("GET", "maxmemory-policy")).toContain("noeviction");
    expect(await redis.config("GET", "repl-backlog-ttl")).toContain("0");
  } finally {
    redis.disconnect();
  }
});

test("Kafka keeps its topics, and makes none by itself", async () => {
  const server = await startKafka({ dir: join(dir, "kafka") });
  servers.push(server);
  const admin = new Kafka({ brokers: [server.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: "kept" }], waitForLeaders: true });
  await admin.disconnect();
  await killAndStart(server);
  await admin.connect();
  expect(await admin.listTopics()).toEqual(["kept"]);
  await admin.disconnect();
});

test("MySQL keeps its rows, and speaks UTC", async () => {
  const server = await startMysql({ dir: join(dir, "mysql") });
  servers.push(server);
  const before = await createConnection(server.url);
  await before.query("CREATE TABLE kept (id int)");
  await before.query("INSERT INTO kept VALUES (7)");
  before.destroy();
  await killAndStart(server);
  const after = await createConnection(server.url);
  const [rows] = await after.query("SELECT id, @@time_zone AS zone FROM kept");
  expect(rows).toEqual([{ id: 7, zone: "+00:00" }]);
  await after.end();
});

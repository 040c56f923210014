/** For tests: a database of its own on the real server, with the tables of the migrations, dropped afterwards. */
import { randomBytes } from "node:crypto";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { createConnection } from "mysql2/promise";
import type { NewCouponEvent } from "#server/coupon/coupon-event";
import { connectMysql, type Mysql, type MysqlOptions } from "./connect.ts";
import { migrateMysql } from "./migrate.ts";

export const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));
export const silentLog = { info: () => {}, warn: () => {} };

export type TestDatabase = {
  url: string;
  /** Further pools, as other processes would have; closed with the database. */
  connect(options?: Partial<MysqlOptions>): Mysql;
  drop(): Promise<void>;
};

/** An empty database. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL;
  if (!server) throw new Error("DATABASE_URL is not set: run `npm run stack`, or the tests by `npm test`");
  const name = `sunchak_test_${randomBytes(6).toString("hex")}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const open: Mysql[] = [];
  return {
    url: url.href,
    connect(options = {}) {
      const mysql = connectMysql({
        url: url.href,
        poolMax: 10,
        log: silentLog,
        queryTimeoutMs: 20_000,
        ...options,
      });
      open.push(mysql);
      return mysql;
    },
    async drop() {
      await Promise.all(open.map((mysql) => mysql.close()));
      await onServer(server, `drop database ${name}`);
    },
  };
}

/** A database with the tables. */
export async function createMigratedDatabase(): Promise<TestDatabase & { mysql: Mysql }> {
  const database = await createTestDatabase();
  const mysql = database.connect();
  await migrateMysql(mysql, migrationsFolder);
  return { ...database, mysql };
}

async function onServer(url: string, statement: string): Promise<void> {
  const connection = await createConnection(url);
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

export function anEvent(change: Partial<NewCouponEvent> = {}): NewCouponEvent {
  const nowMs = Date.now();
  return {
    displayName: "선착순 쿠폰",
    issueLimit: 100,
    opensAtMs: nowMs - 1_000,
    closesAtMs: null,
    expiresAtMs: nowMs + 3_600_000,
    discount: { type: "FIXED_AMOUNT", amount: 1_000 },
    ...change,
  };
}

/** A server that can stop answering while its connections stay open, as a frozen one does. */
export async function freezableProxy(target: string) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((client) => {
    const upstream = connectTcp({ host: hostname, port: Number(port || 3306) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    }
    if (frozen) client.pause();
    client.on("data", (data) => upstream.write(data));
    upstream.on("data", (data) => frozen || client.write(data));
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze() {
      frozen = true;
    },
    /** What was lost stays lost; new connections work. */
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

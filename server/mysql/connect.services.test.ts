/** What a call may cost when MySQL does not answer, and what a session means whatever the server's defaults are. */
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { UnreachableError } from "#server/coupon/errors";
import { connectMysql, type Mysql } from "./connect.ts";
import { mysqlEpochSource } from "./epoch-store.ts";
import { withNamedLock } from "./named-lock.ts";
import { createMigratedDatabase, freezableProxy, silentLog } from "./testing.ts";

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

function connect(options: { url: string; poolMax: number }): Mysql {
  const mysql = connectMysql({ ...options, log: silentLog });
  cleanUp.push(() => mysql.close());
  return mysql;
}

async function frozenMysql() {
  const proxy = await freezableProxy(database.url);
  cleanUp.push(() => proxy.close());
  return { proxy, mysql: connect({ url: proxy.url, poolMax: 2 }) };
}

const ping = (mysql: Mysql) => mysql.db.execute(sql`select 1`);
const timedOut = { cause: { name: "MysqlTimeoutError" } };
async function elapsedMs(work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work;
  return performance.now() - startedMs;
}

test("a frozen MySQL holds no call for more than about two seconds, however many wait", async () => {
  const { proxy, mysql } = await frozenMysql();
  await ping(mysql);
  proxy.freeze();
  const calls = Array.from({ length: 30 }, () => elapsedMs(expect(ping(mysql)).rejects.toThrow()));
  for (const tookMs of await Promise.all(calls)) expect(tookMs).toBeLessThan(4_000);
});

test("a server that is away, frozen or busy is told from a statement that is wrong", async () => {
  const away = connect({ url: "mysql://root@127.0.0.1:1/nowhere", poolMax: 1 });
  const { proxy, mysql } = await frozenMysql();
  await ping(mysql);
  proxy.freeze();
  const unreachable = { cause: expect.any(UnreachableError) };
  await Promise.all([
    expect(ping(away)).rejects.toMatchObject(unreachable),
    expect(ping(mysql)).rejects.toMatchObject(unreachable),
  ]);
  const wrong = await database.mysql.db
    .execute(sql`select nothing`)
    .then(null, (error: Error) => error.cause);
  expect(wrong).not.toBeInstanceOf(UnreachableError);
});

test("after a freeze the same pools work again", async () => {
  const { proxy, mysql } = await frozenMysql();
  await ping(mysql);
  proxy.freeze();
  await expect(ping(mysql)).rejects.toThrow();
  proxy.thaw();
  await vi.waitFor(() => ping(mysql), { timeout: 5_000 });
  expect(await mysqlEpochSource({ db: mysql.epochDb }).currentEpoch()).toMatchObject({ epoch: 0 });
});

test("a late answer to a query that was given up is never taken for the answer to the next one", async () => {
  const mysql = connect({ url: database.url, poolMax: 1 });
  await expect(mysql.db.execute(sql`do sleep(2)`)).rejects.toMatchObject(timedOut);
  const [rows] = await mysql.db.execute(sql`select 42 as answer`);
  expect(rows).toEqual([{ answer: 42 }]);
});

test("the epoch can be read while all other connections are taken", async () => {
  const mysql = connect({ url: database.url, poolMax: 2 });
  const taken = await Promise.all([mysql.reserveConnection(), mysql.reserveConnection()]);
  await expect(ping(mysql)).rejects.toMatchObject(timedOut);
  expect(await mysqlEpochSource({ db: mysql.epochDb }).currentEpoch()).toMatchObject({ epoch: 0, topic: "" });
  for (const connection of taken) connection.release();
  await ping(mysql);
});

test("a connection that comes too late for its caller is not lost to the pool", async () => {
  const mysql = connect({ url: database.url, poolMax: 1 });
  const taken = await mysql.reserveConnection();
  await expect(ping(mysql)).rejects.toMatchObject(timedOut);
  taken.release();
  await ping(mysql);
});

test("sessions are UTC, READ COMMITTED and strict", async () => {
  const [rows] = await database.mysql.db.execute(
    sql`select @@session.time_zone as zone, @@transaction_isolation as isolation_level, @@sql_mode as mode`,
  );
  expect(rows).toMatchObject([
    { zone: "+00:00", isolation_level: "READ-COMMITTED", mode: expect.stringContaining("STRICT_ALL_TABLES") },
  ]);
});

test("a named lock is held by one process at a time, and free when its work has failed", async () => {
  const [one, other] = [database.connect(), database.connect()];
  const lock = { purpose: "test", waitS: 0 };
  const seenByOther = await withNamedLock(one, lock, () => withNamedLock(other, lock, async () => "granted"));
  expect(seenByOther).toBeNull();
  await expect(withNamedLock(one, lock, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await withNamedLock(other, lock, async () => "granted")).toBe("granted");
});

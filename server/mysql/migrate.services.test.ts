/** Migrations on an empty database, and the rules that the database keeps by itself. */
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mysqlErrorCode } from "./errors.ts";
import { mysqlEvents } from "./events.ts";
import { migrateMysql } from "./migrate.ts";
import { coupon } from "./schema.ts";
import { anEvent, createTestDatabase, migrationsFolder, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("two processes that migrate an empty database at once both succeed, and the epoch is 0", async () => {
  const processes = [database.connect(), database.connect()];
  await Promise.all(processes.map((mysql) => migrateMysql(mysql, migrationsFolder)));
  const [rows] = await database.connect().db.execute(sql`select epoch, topic, partitions from gate_epoch`);
  expect(rows).toEqual([{ epoch: 0, topic: "", partitions: 0 }]);
});

test("migrating again changes nothing, not even an epoch that was raised", async () => {
  const mysql = database.connect();
  await mysql.db.execute(sql`update gate_epoch set epoch = 7`);
  await migrateMysql(mysql, migrationsFolder);
  const [rows] = await mysql.db.execute(sql`select epoch from gate_epoch`);
  expect(rows).toEqual([{ epoch: 7 }]);
});

test("the database itself refuses a rank below 1, a second coupon of a user and a second coupon of a rank", async () => {
  const { db } = database.connect();
  const event = await mysqlEvents({ db }).createEvent(anEvent());
  const insert = (userId: string, rank: number) =>
    db.insert(coupon).values({
      couponEventId: event.id,
      userId,
      rank,
      claimedAt: new Date(),
      expiresAt: new Date(event.expiresAtMs),
    });
  const refusal = (work: PromiseLike<unknown>) => Promise.resolve(work).then(() => null, mysqlErrorCode);
  await insert("kim", 1);
  expect(await refusal(insert("lee", 0))).toBe("ER_CHECK_CONSTRAINT_VIOLATED");
  expect(await refusal(insert("kim", 2))).toBe("ER_DUP_ENTRY");
  expect(await refusal(insert("lee", 1))).toBe("ER_DUP_ENTRY");
  expect(await refusal(insert("Kim", 2))).toBeNull();
});

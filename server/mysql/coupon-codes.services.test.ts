/** Codes of coupons on the real server: the same seat has the same code for ever, and no two coupons share one. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/mysql2/migrator";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { encodeMarker, encodeRecord } from "#server/coupon/claim-record";
import type { CouponEvent } from "#server/coupon/coupon-event";
import { createIssuer } from "#server/coupon/issue";
import { CODE_ATTEMPTS_MAX } from "#server/coupon/limits";
import { silentReporter } from "#server/coupon/model/silent-reporter";
import type { Mysql } from "./connect.ts";
import { readCodes } from "./coupon-codes.ts";
import { mysqlEvents } from "./events.ts";
import { fillCodes } from "./fill-codes.ts";
import { mysqlIssueStore } from "./issue-store.ts";
import { migrateMysql } from "./migrate.ts";
import { coupon, couponEvent, gateEpoch } from "./schema.ts";
import { anEvent, createMigratedDatabase, createTestDatabase, migrationsFolder } from "./testing.ts";

const CODE = /^[34679ACDEFGHJKMNPQRTVWXY]{12}$/;

let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
let event: CouponEvent;
beforeAll(async () => {
  database = await createMigratedDatabase();
  await database.mysql.db.update(gateEpoch).set({ epoch: 1 });
});
afterAll(() => database.drop());
beforeEach(async () => {
  event = await anotherEvent();
});

const anotherEvent = () => mysqlEvents(database.mysql).createEvent(anEvent({ issueLimit: 10_000 }));
const isOf = ({ id }: CouponEvent) => eq(coupon.couponEventId, id);

/** Issues the first seats of the event, as the worker does. */
function issueSeats(of: CouponEvent, count: number) {
  const source = { topic: `t${of.id}`, partition: 0 };
  const claims = Array.from({ length: count }, (_, index) =>
    encodeRecord({
      ...{ v: 1, epoch: 1, couponEventId: of.id, userId: `user-${index + 1}`, rank: index + 1 },
      ...{ claimedAt: "2026-01-01T00:00:00.000Z", requestId: "r" },
    }),
  );
  const records = [encodeMarker(1), ...claims].map((value, index) => ({
    origin: { ...source, offset: String(index) },
    ...{ key: null, value },
  }));
  return createIssuer({ store: mysqlIssueStore(database.mysql), reporter: silentReporter }).issue(
    source,
    records,
  );
}

async function codesOf(of: CouponEvent): Promise<(string | null)[]> {
  const rows = await database.mysql.db
    .select({ code: coupon.code })
    .from(coupon)
    .where(isOf(of))
    .orderBy(coupon.rank);
  return rows.map(({ code }) => code);
}

/** The code that a seat gets at this attempt. */
const codeAt = async (of: CouponEvent, rank: number, attempt: number) =>
  (await readCodes(database.mysql.db, [of.id], attempt))(of.id, rank);

/** Gives the code to a coupon of another event. */
async function take(code: string | null): Promise<void> {
  const other = await anotherEvent();
  await issueSeats(other, 1);
  await database.mysql.db.update(coupon).set({ code }).where(isOf(other));
}

test("every coupon has a code of its own, and another event's coupon of the same rank has another one", async () => {
  const other = await anotherEvent();
  await Promise.all([issueSeats(event, 300), issueSeats(other, 300)]);
  const codes = [...(await codesOf(event)), ...(await codesOf(other))];
  for (const code of codes) expect(code).toMatch(CODE);
  expect(new Set(codes).size).toBe(600);
});

test("a seat whose record comes again, or whose row was lost and is issued anew, has the same code", async () => {
  await issueSeats(event, 3);
  const codes = await codesOf(event);
  expect(await issueSeats(event, 3)).toMatchObject({ issued: 0, redelivered: 3 });
  expect(await codesOf(event)).toEqual(codes);
  await database.mysql.db.delete(coupon).where(isOf(event));
  expect(await issueSeats(event, 3)).toMatchObject({ issued: 3 });
  expect(await codesOf(event)).toEqual(codes);
});

test("a coupon whose code another one has gets its next code, and its neighbours keep theirs", async () => {
  const [first, second] = [await codeAt(event, 2, 0), await codeAt(event, 2, 1)];
  const kept = [await codeAt(event, 1, 0), await codeAt(event, 3, 0)];
  await take(first);
  await take(second);
  expect(await issueSeats(event, 3)).toMatchObject({ issued: 3, redelivered: 0, conflicting: 0 });
  expect(await codesOf(event)).toEqual([kept[0], await codeAt(event, 2, 2), kept[1]]);
  expect(await issueSeats(event, 3)).toMatchObject({ issued: 0, redelivered: 3, conflicting: 0 });
});

test("when other coupons have all of its codes, the batch stays in the log with nothing issued", async () => {
  for (let attempt = 0; attempt < CODE_ATTEMPTS_MAX; attempt += 1)
    await take(await codeAt(event, 2, attempt));
  await expect(issueSeats(event, 3)).rejects.toThrow(/rank 2: not inserted/);
  expect(await codesOf(event)).toEqual([]);
});

test("coupons without a code get theirs, also where another one has it, and filling again changes nothing", async () => {
  await issueSeats(event, 700);
  const codes = await codesOf(event);
  await database.mysql.db.update(coupon).set({ code: null }).where(isOf(event));
  await take(codes[6] as string);
  expect(await fillCodes(database.mysql.db)).toBe(700);
  expect(await codesOf(event)).toEqual(codes.with(6, await codeAt(event, 7, 1)));
  expect(await fillCodes(database.mysql.db)).toBe(0);
});

test("a database of the release before gets keys for its events and codes for its coupons by migrating", async () => {
  const old = await createTestDatabase();
  try {
    const mysql = old.connect();
    await migrateMysqlUpTo(mysql, "0001");
    await mysql.db.execute(sql`
      insert into coupon_event (display_name, issue_limit, opens_at, expires_at, discount_type, discount_amount)
      values ${sql.join(Array(20).fill(sql`('old', 9, '2020-01-01', '2030-01-01', 'PERCENT', 5)`), sql`, `)}`);
    await mysql.db.execute(sql`
      insert into coupon (coupon_event_id, user_id, \`rank\`, claimed_at, expires_at)
      select id, 'kim', 1, utc_timestamp(3), expires_at from coupon_event`);

    const processes = [mysql, old.connect()];
    await Promise.all(processes.map((process) => migrateMysql(process, migrationsFolder)));
    const keys = await mysql.db.select({ key: sql<string>`hex(${couponEvent.codeKey})` }).from(couponEvent);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(20);
    const codes = await mysql.db.select({ code: coupon.code }).from(coupon);
    expect(new Set(codes.map(({ code }) => code)).size).toBe(20);
    for (const { code } of codes) expect(code).toMatch(CODE);

    await migrateMysql(mysql, migrationsFolder);
    expect(await mysql.db.select({ code: coupon.code }).from(coupon)).toEqual(codes);
  } finally {
    await old.drop();
  }
});

test("an event that was inserted by hand has a key, and none can be told from another event's", async () => {
  const { db } = database.mysql;
  await db.execute(sql`
    insert into coupon_event (display_name, issue_limit, opens_at, expires_at, discount_type, discount_amount)
    values ('by hand', 1, '2020-01-01', '2030-01-01', 'PERCENT', 5)`);
  const ids = (await db.select({ id: couponEvent.id }).from(couponEvent)).map(({ id }) => id);
  const codeOf = await readCodes(db, ids, 0);
  expect(new Set(ids.map((id) => codeOf(id, 1))).size).toBe(ids.length);
});

test("nobody who reads events gets the key", async () => {
  const stored = await mysqlEvents(database.mysql).findEvent(event.id);
  const live = await mysqlEvents(database.mysql).liveEvents();
  expect(JSON.stringify([stored, live])).not.toMatch(/key/i);
});

/** Migrates with the migrations up to this one, as the release that ended with it did. */
async function migrateMysqlUpTo(mysql: Mysql, last: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sunchak-migrations-"));
  try {
    cpSync(migrationsFolder, folder, { recursive: true });
    const file = join(folder, "meta/_journal.json");
    const journal = JSON.parse(readFileSync(file, "utf8")) as { entries: { tag: string }[] };
    const entries = journal.entries.filter(({ tag }) => tag.slice(0, last.length) <= last);
    writeFileSync(file, JSON.stringify({ ...journal, entries }));
    await migrate(mysql.db, { migrationsFolder: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The database dies, hangs, or refuses the worker's transaction while a crowd presses. */
import type { PoolConnection, RowDataPacket } from "mysql2/promise";
import { expect, test } from "vitest";
import { rowsOf } from "../system/audit.ts";
import { untilALockIsAwaited } from "../system/lock-waits.ts";
import { lasting } from "../system/until.ts";
import { testWorld } from "../system/world.ts";
import type { Crowd } from "./crowd.ts";
import { underLoad } from "./under-load.ts";

const SIZE = { limit: 300, users: 400 };
/** Longer than a lease, and than the worker waits for a lock (5 s). */
const OUTAGE_MS = 6_000;
/** Longer than the worker waits for one statement (10 s). */
const FREEZE_MS = 12_000;
/** More than the worker changes in one transaction: InnoDB takes back whoever has changed less. */
const WEIGHT_ROWS = 4_000;
const world = testWorld({ own: ["mysql"] });

async function count(statement: string): Promise<number> {
  const [[row]] = await world().db.query<RowDataPacket[]>(statement);
  return Number(row?.count);
}

const deadlocks = () =>
  count("SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'");
const parkedRecords = () => count("SELECT count(*) AS count FROM failed_event");

test("every seat is won once although MySQL is killed and started again", { tags: ["dozen"] }, async () => {
  const mysql = world().server("mysql");
  await underLoad(world(), SIZE, async (crowd) => {
    await mysql.kill("SIGKILL");
    expect(mysql.isRunning()).toBe(false);
    await crowd.untilHeard("unavailable");
    await lasting(OUTAGE_MS);
    await mysql.start();
  });
  expect(await parkedRecords()).toBe(0);
});

test("every seat is won once although MySQL freezes", async () => {
  const mysql = world().server("mysql");
  await underLoad(world(), SIZE, async (crowd) => {
    await mysql.kill("SIGSTOP");
    await crowd.untilHeard("unavailable");
    await lasting(FREEZE_MS);
    await mysql.kill("SIGCONT");
  });
  expect(await parkedRecords()).toBe(0);
});

/** A transaction that holds the event's row, which the foreign key of every new coupon needs. */
async function holdingTheEvent(crowd: Crowd, work: (locker: PoolConnection) => Promise<void>): Promise<void> {
  const locker = await world().db.getConnection();
  try {
    await locker.beginTransaction();
    await locker.query("SELECT id FROM coupon_event WHERE id = ? FOR UPDATE", [crowd.event.id]);
    await work(locker);
  } finally {
    await locker.rollback();
    locker.release();
  }
}

/** The worker holds its partitions and waits for the event; we hold the event and ask for the partitions. */
test("every promised coupon is issued although MySQL ends the worker's transaction in a deadlock", async () => {
  await world().db.query("CREATE TABLE weight (id int PRIMARY KEY)");
  const before = await deadlocks();
  await underLoad(world(), SIZE, async (crowd) => {
    await holdingTheEvent(crowd, async (locker) => {
      const rows = Array.from({ length: WEIGHT_ROWS }, (_, id) => [id]);
      await locker.query("INSERT INTO weight VALUES ?", [rows]);
      await untilALockIsAwaited(world());
      // Were we the victim, this would throw.
      await locker.query("SELECT epoch FROM partition_epoch FOR UPDATE");
    });
    expect(await deadlocks()).toBeGreaterThan(before);
  });
  expect(await parkedRecords()).toBe(0);
});

test("every promised coupon is issued although the worker waits for a lock until MySQL gives up", async () => {
  await underLoad(world(), SIZE, async (crowd) => {
    await holdingTheEvent(crowd, async () => {
      // Counted under the lock: nobody can add one now.
      const rows = (await rowsOf(world(), crowd.event.id)).length;
      await untilALockIsAwaited(world());
      await lasting(OUTAGE_MS);
      expect(await rowsOf(world(), crowd.event.id)).toHaveLength(rows);
      expect(world().worker.logTail()).toContain("Lock wait timeout exceeded");
    });
  });
  expect(await parkedRecords()).toBe(0);
});

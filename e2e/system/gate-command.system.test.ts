/** The gate by hand: what it is doing, a rebuild, and the way back after MySQL was restored from a backup. */
import { expect, test } from "vitest";
import { audit, rowsOf, settled } from "./audit.ts";
import { tally } from "./client.ts";
import { until } from "./until.ts";
import { testWorld } from "./world.ts";

const world = testWorld();
const gate = <T>(...args: string[]) => world().command<T>("commands/gate.ts", args);
type Status = { open: boolean; epoch: number; events: { event: number; gate: string; seats: number }[] };

const TABLES = ["coupon_event", "coupon", "failed_event", "issue_conflict", "gate_epoch", "partition_epoch"];

async function backUp(): Promise<void> {
  for (const table of TABLES) await world().db.query(`DROP TABLE IF EXISTS backup_${table}`);
  for (const table of TABLES)
    await world().db.query(`CREATE TABLE backup_${table} AS SELECT * FROM ${table}`);
}

async function restore(): Promise<void> {
  const connection = await world().db.getConnection();
  await connection.query("SET FOREIGN_KEY_CHECKS = 0");
  for (const table of TABLES) {
    await connection.query(`DELETE FROM ${table}`);
    await connection.query(`INSERT INTO ${table} SELECT * FROM backup_${table}`);
  }
  connection.destroy();
}

test("a rebuild by hand keeps every winner's rank, and status tells when the gates are open", async () => {
  const event = await world().createEvent({ limit: 30 });
  const users = await world().client.signInMany("by-hand", 40);
  const early = await Promise.all(users.slice(0, 20).map((user) => user.press(event.id)));
  expect(tally(early)).toEqual({ won: 20 });
  const before = await gate<Status>("status");
  expect(before).toMatchObject({ open: true, events: [{ event: event.id, gate: "open", seats: 20 }] });

  const rebuilt = await gate<{ epoch: number }>("rebuild", "--reason", "a test");
  expect(rebuilt).toEqual({ rebuilt: true, epoch: before.epoch + 1, closed: [] });
  expect(await gate<Status>("status")).toMatchObject({ open: true, epoch: rebuilt.epoch, reason: "a test" });
  const late = await Promise.all(users.map((user) => user.press(event.id)));
  expect(tally(late)).toEqual({ won: 30, sold_out: 10 });
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
});

test("after MySQL was restored from a backup, every coupon that was won since is there again", async () => {
  const event = await world().createEvent({ limit: 60 });
  const users = await world().client.signInMany("restored", 50);
  const press = async (from: number, to: number) =>
    tally(await Promise.all(users.slice(from, to).map((user) => user.press(event.id))));
  expect(await press(0, 20)).toEqual({ won: 20 });
  await settled(world(), event.id);
  const backedUpAt = new Date().toISOString();
  await backUp();

  expect(await press(20, 35)).toEqual({ won: 15 });
  await gate("rebuild");
  expect(await press(35, 50)).toEqual({ won: 15 });
  await settled(world(), event.id);
  await world().worker.stop();
  await restore();
  // The log alone has to bring them back.
  await world().redis.flushall();
  expect(await rowsOf(world(), event.id)).toHaveLength(20);

  expect(await gate("replay", "--from", backedUpAt)).toMatchObject({
    issued: 30,
    parked: 0,
    unknownEvents: [],
  });
  await world().worker.start();
  await until("the gates to be open again", async () => (await gate<Status>("status")).open, {
    everyMs: 500,
  });
  expect(await press(0, 50)).toEqual({ won: 50 });
  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(50);
});

test("after a restore the events are as the backup has them, although the gate knew later settings", async () => {
  const event = await world().createEvent({ limit: 10 });
  const users = await world().client.signInMany("settings", 8);
  expect(tally(await Promise.all(users.slice(0, 4).map((user) => user.press(event.id))))).toEqual({ won: 4 });
  await settled(world(), event.id);
  const backedUpAt = new Date().toISOString();
  await backUp();
  await world().setEvent(event.id, { status: "paused" });
  await world().worker.stop();
  await restore();

  await gate("replay", "--from", backedUpAt);
  await world().worker.start();
  await until("the gates to be open again", async () => (await gate<Status>("status")).open, {
    everyMs: 500,
  });
  const state = async () => (await world().client.event(event.id)).state;
  await until("the event to go on", async () => (await state()) === "open", { everyMs: 100 });
  expect(tally(await Promise.all(users.map((user) => user.press(event.id))))).toEqual({ won: 8 });
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
});

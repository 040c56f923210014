/** From the claim log to the table: every acknowledged record ends as a row or is accounted for, whatever breaks. */
import type { RowDataPacket } from "mysql2";
import { expect, test } from "vitest";
import { audit, rowsOf, seatsOf, settled } from "./audit.ts";
import { tally } from "./client.ts";
import { untilALockIsAwaited } from "./lock-waits.ts";
import { lasting, until } from "./until.ts";
import { testWorld } from "./world.ts";

const DOWN_MS = 10_000;
const world = testWorld({ own: ["mysql"] });

async function failedEvents(): Promise<RowDataPacket[]> {
  const [rows] = await world().db.query<RowDataPacket[]>(
    "SELECT raw_value, state FROM failed_event ORDER BY id",
  );
  return rows;
}

test("a record that is delivered twice makes one row", async () => {
  const event = await world().createEvent({ limit: 10 });
  const users = await world().client.signInMany("twice", 3);
  await Promise.all(users.map((user) => user.press(event.id)));
  await settled(world(), event.id);

  const records = (await world().topic.read()).filter(({ claim }) => claim?.couponEventId === event.id);
  for (const { partition, key, value } of records)
    await world().topic.append({ partition, key, value: value ?? "" });
  await world().topic.workerHasReadAll();

  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(3);
  expect(await failedEvents()).toEqual([]);
});

/**
 * The worker is kept in the middle of a batch by a lock on the event's row, which the foreign key of every coupon
 * needs: it has inserted nothing yet and cannot commit.
 */
test("a worker that is killed in the middle of a batch loses no coupon and makes none twice", async () => {
  const event = await world().createEvent({ limit: 300 });
  const users = await world().client.signInMany("batch", 400);
  const lock = await world().db.getConnection();
  await lock.beginTransaction();
  await lock.query("SELECT id FROM coupon_event WHERE id = ? FOR UPDATE", [event.id]);

  const answers = await Promise.all(users.map((user) => user.press(event.id)));
  // The worker is in the middle of a batch.
  await untilALockIsAwaited(world());
  world().worker.signal("SIGKILL");
  expect(await world().worker.exit()).toBe("SIGKILL");
  await lock.rollback();
  lock.release();
  expect(await rowsOf(world(), event.id)).toEqual([]);

  await world().worker.start();
  expect(tally(answers)).toEqual({ won: 300, sold_out: 100 });
  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(300);
});

test("a worker that is killed again and again while a crowd claims ends with exactly the won coupons", async () => {
  const event = await world().createEvent({ limit: 500 });
  const users = await world().client.signInMany("stream", 700);
  const answers = Promise.all(users.map((user) => user.press(event.id)));
  for (const rowsAtLeast of [1, 250]) {
    await until(`${rowsAtLeast} rows`, async () => (await rowsOf(world(), event.id)).length >= rowsAtLeast, {
      everyMs: 1,
    });
    world().worker.signal("SIGKILL");
    await world().worker.exit();
    await world().worker.start();
  }

  expect(tally(await answers)).toEqual({ won: 500, sold_out: 200 });
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
});

test.each([
  ["is frozen", "SIGSTOP"],
  ["is killed and started again", "SIGKILL"],
] as const)(
  "MySQL %s for ten seconds during a crowd: nothing is parked, everything is issued",
  async (_, signal) => {
    const mysql = world().server("mysql");
    const event = await world().createEvent({ limit: 200 });
    const users = await world().client.signInMany(`down-${signal}`, 300);
    const early = users.slice(0, 100).map((user) => user.press(event.id));
    await until("the first seats", async () => (await seatsOf(world(), event.id)).size > 0, { everyMs: 1 });

    await mysql.kill(signal);
    const late = users.slice(100).map((user) => user.press(event.id));
    await lasting(DOWN_MS);
    if (signal === "SIGSTOP") await mysql.kill("SIGCONT");
    else await mysql.start();

    expect(tally(await Promise.all([...early, ...late]))).toEqual({ won: 200, sold_out: 100 });
    const { rows, problems } = await audit(world(), event.id, users);
    expect(problems).toEqual([]);
    expect(rows).toHaveLength(200);
    expect(await failedEvents()).toEqual([]);
  },
);

test("a malformed record is parked in failed_event, and its neighbours have rows", async () => {
  const event = await world().createEvent({ limit: 20 });
  const users = await world().client.signInMany("neighbour", 20);
  const broken = `{"v":1,"epoch":1,"couponEventId":${event.id},"userId":"no rank"`;
  // While the worker is frozen, so that the broken record and its neighbours come in one batch.
  world().worker.signal("SIGSTOP");
  await Promise.all(users.slice(0, 10).map((user) => user.press(event.id)));
  for (const partition of await world().topic.partitions())
    await world().topic.append({ partition, key: "no rank", value: broken });
  await Promise.all(users.slice(10).map((user) => user.press(event.id)));
  world().worker.signal("SIGCONT");
  await world().topic.workerHasReadAll();

  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(20);
  const partitions = await world().topic.partitions();
  expect(await failedEvents()).toEqual(partitions.map(() => ({ raw_value: broken, state: "parked" })));
});

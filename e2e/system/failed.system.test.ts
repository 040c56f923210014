/** Records that could not become coupons, handled as an operator would: by looking, waiting, replaying, giving up. */
import type { RowDataPacket } from "mysql2";
import { expect, test } from "vitest";
import { audit, rowsOf, settled } from "./audit.ts";
import { tally } from "./client.ts";
import { until } from "./until.ts";
import { testWorld } from "./world.ts";

const world = testWorld();
/** The worker looks every 30 s at what has rested for long enough. */
const BY_ITSELF_MS = 45_000;

type Item = {
  id: number;
  state: string;
  event: number | null;
  error: string;
  attempts: number;
  start: string;
};
const failed = <T>(...args: string[]) => world().command<T>("commands/failed.ts", args);
const listed = async (...args: string[]) => (await failed<{ items: Item[] }>("list", ...args)).items;

/** Waits until a record of the event is parked. */
const parked = (eventId: number) =>
  until("a parked record", async () => (await listed("--event", String(eventId)))[0], { everyMs: 300 });

async function currentEpoch(): Promise<number> {
  const [[gate]] = await world().db.query<RowDataPacket[]>("SELECT epoch FROM gate_epoch");
  return gate?.epoch;
}

/** From now on MySQL refuses rows of these users for a reason of data, until it is mended. */
async function refuseRowsOf(prefix: string): Promise<() => Promise<unknown>> {
  await world().db.query(`ALTER TABLE coupon ADD CONSTRAINT refused CHECK (user_id NOT LIKE '${prefix}%')`);
  return () => world().db.query("ALTER TABLE coupon DROP CHECK refused");
}

function claimRecord(claim: { eventId: number; userId: string; rank: number; epoch: number }): string {
  const { eventId: couponEventId, ...rest } = claim;
  return JSON.stringify({
    v: 1,
    couponEventId,
    ...rest,
    claimedAt: new Date().toISOString(),
    requestId: "test",
  });
}

test("a record that names an event before it exists becomes a coupon, and nobody else is given its rank", async () => {
  const { id: lastId } = await world().createEvent({ limit: 1 });
  const eventId = lastId + 1;
  const value = claimRecord({ eventId, userId: "early", rank: 1, epoch: await currentEpoch() });
  await world().topic.append({ partition: 0, key: "early", value });
  expect(await parked(eventId)).toMatchObject({ error: `there is no coupon event ${eventId}`, start: value });

  const event = await world().createEvent({ limit: 3 });
  expect(event.id).toBe(eventId);
  const users = await world().client.signInMany("later", 3);
  expect(tally(await Promise.all(users.map((user) => user.press(eventId))))).toEqual({ won: 2, sold_out: 1 });
  const replayed = await failed<{ issued: number; redelivered: number }>(
    "replay",
    "--event",
    String(eventId),
  );
  expect(replayed.issued + replayed.redelivered).toBe(1);
  expect(await listed("--event", String(eventId))).toEqual([]);
  const { rows, problems } = await audit(world(), eventId, users);
  expect(problems).toEqual([]);
  expect(rows[0]).toMatchObject({ userId: "early", rank: 1 });
});

test("what was refused for a reason that has passed becomes a coupon by itself", async () => {
  const event = await world().createEvent({ limit: 5 });
  const [winner] = await world().client.signInMany("refused", 1);
  const mend = await refuseRowsOf("refused");
  expect(await winner?.press(event.id)).toMatchObject({ status: "won", rank: 1 });
  const { id } = await parked(event.id);
  await mend();
  await world().db.query(
    "UPDATE failed_event SET last_seen_at = last_seen_at - INTERVAL 1 HOUR WHERE id = ?",
    [id],
  );
  await until("the worker to replay it", async () => (await rowsOf(world(), event.id)).length === 1, {
    timeoutMs: BY_ITSELF_MS,
  });
  expect(await failed("show", "--id", String(id))).toMatchObject({
    ...{ state: "replayed", says: "claim", standing: [{ user: winner?.userId, rank: 1 }] },
  });
  expect(await failed("replay", "--id", String(id))).toMatchObject({ issued: 0, notParked: 1 });
  expect((await audit(world(), event.id, winner ? [winner] : [])).problems).toEqual([]);
});

test("a seat that is discarded comes back, and goes to somebody else", async () => {
  const event = await world().createEvent({ limit: 1 });
  const [loser] = await world().client.signInMany("unlucky", 1);
  const others = await world().client.signInMany("newcomer", 3);
  const mend = await refuseRowsOf("unlucky");
  expect(await loser?.press(event.id)).toMatchObject({ status: "won", rank: 1 });
  const { id } = await parked(event.id);
  expect(tally(await Promise.all(others.map((user) => user.press(event.id))))).toEqual({ sold_out: 3 });

  expect(await failed("discard", "--id", String(id), "--yes")).toMatchObject({
    ...{ discarded: [id], notParked: [], parkedAgain: [] },
    seats: [{ event: event.id, user: loser?.userId, rank: 1 }],
  });
  await world().gateIsOpen(event.id);
  expect(tally(await Promise.all(others.map((user) => user.press(event.id))))).toEqual({
    won: 1,
    sold_out: 2,
  });
  expect(await loser?.press(event.id)).toMatchObject({ status: "sold_out" });
  await settled(world(), event.id);
  expect((await rowsOf(world(), event.id)).map(({ rank }) => rank)).toEqual([1]);
  await mend();
});

test("a forged record that stops its partition is set aside by hand, and those behind it get their coupons", async () => {
  const event = await world().createEvent({ limit: 20 });
  const users = await world().client.signInMany("behind", 20);
  const forged = claimRecord({ eventId: event.id, userId: "forger", rank: 9, epoch: 4_000_000 });
  const partition = 0;
  const offset = await world().topic.append({ partition, key: "forger", value: forged });
  await Promise.all(users.map((user) => user.press(event.id)));
  await until(
    "the partition to stop",
    async () => (await world().topic.committed()).get(partition) === offset,
  );

  const [[topic]] = await world().db.query<RowDataPacket[]>("SELECT topic FROM gate_epoch");
  const place = ["--topic", topic?.topic, "--partition", String(partition), "--offset", String(offset)];
  const { id } = await failed<{ id: number }>("park", ...place, "--reason", "forged");
  await world().topic.workerHasReadAll();
  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(20);
  expect(await failed("show", "--id", String(id))).toMatchObject({
    ...{ state: "parked", error: "forged", value: forged, event: event.id },
  });
  await failed("discard", "--id", String(id), "--yes");
  expect(await listed("--state", "discarded", "--event", String(event.id))).toHaveLength(1);
});

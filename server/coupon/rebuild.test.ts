/** Rebuilds over modelled services, after histories that lost a coupon in an earlier design. */
import { beforeEach, expect, it } from "vitest";
import { discardRecord } from "./discard.ts";
import {
  MODEL_LEASE_MS,
  MODEL_TOPIC,
  type ModelWeb,
  type ModelWorld,
  modelWorld,
} from "./model/model-world.ts";

let world: ModelWorld;
let web: ModelWeb;

beforeEach(async () => {
  world = modelWorld();
  world.addEvent({ issueLimit: 3 });
  web = world.web();
  await world.run(2000);
});

const claim = (userId: string, from = web) => from.claims.claim({ eventId: 1, userId, requestId: "r" });
const rowsOf = () => world.database.tables().coupons.map(({ userId, rank }) => ({ userId, rank }));

it("opens the gates at the first start, in epoch 1", () => {
  expect(world.database.tables().gate.epoch).toBe(1);
  expect(world.gate.keys(1)).toMatchObject({ epoch: 1, state: "open" });
});

it("re-opens with the same seats after the gate forgot its scripts", async () => {
  const won = await claim("kim");
  world.gate.restart();
  await world.run(10_000);
  expect(world.database.tables().gate.epoch).toBe(2);
  expect(await claim("kim")).toEqual({ ...won, repeat: true });
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2 });
});

it("re-opens from the rows alone after every key was deleted", async () => {
  await claim("kim");
  await claim("lee");
  world.gate.flushAll();
  await world.run(15_000);
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2, repeat: true });
  expect(await claim("new")).toMatchObject({ status: "won", rank: 3 });
});

it("gives no rank twice after the gate was rewound to older data", async () => {
  const rewind = world.gate.snapshot();
  await claim("kim");
  rewind();
  world.gate.restart();
  await world.run(10_000);
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2 });
  await world.drainLog();
  expect(rowsOf()).toEqual([
    { userId: "kim", rank: 1 },
    { userId: "lee", rank: 2 },
  ]);
});

it("history 7: a demoted and promoted master with older data and its scripts hands out nothing", async () => {
  const rewind = world.gate.snapshot();
  await claim("kim");
  rewind();
  world.gate.changeServer();
  expect(await claim("lee")).toMatchObject({ status: "unavailable" });
  await world.run(15_000);
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2 });
});

it("history 9: a settings change never makes an event that the gate has lost", async () => {
  world.gate.flushAll();
  const event = world.database.tables().events.get(1);
  if (event) Object.assign(event, { issueLimit: 5, version: 2 });
  await world.run(15_000);
  expect(world.gate.keys(1)).toMatchObject({ state: "open", settings: { limit: 5, version: 2 } });
  expect(world.database.tables().gate.epoch).toBe(2);
});

it("history 14: a parked seat is not given to anyone else", async () => {
  world.database.refusedUsers.add("kim");
  await claim("kim");
  await world.drainLog();
  expect(world.database.tables().failed).toHaveLength(1);
  world.gate.flushAll();
  await world.run(15_000);
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2 });
});

it("history 33: a discarded seat goes to somebody else after the next rebuild, and not before", async () => {
  world.database.refusedUsers.add("kim");
  await claim("kim");
  await world.drainLog();
  await discardRecord(world.database, 1);
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2 });
  world.gate.restart();
  await world.run(10_000);
  expect(await claim("choi")).toMatchObject({ status: "won", rank: 1 });
});

it("history 34: a new event keeps the rank that a record named before the event was there", async () => {
  const claimedAt = "2026-01-01T00:00:00.000Z";
  const early = {
    v: 1 as const,
    epoch: 1,
    couponEventId: 2,
    userId: "kim",
    rank: 1,
    claimedAt,
    requestId: "r",
  };
  await world.log.append({ ...MODEL_TOPIC, epoch: 1 }, [early]);
  await world.drainLog();
  expect(world.database.tables().failed).toHaveLength(1);
  world.addEvent({ issueLimit: 3 });
  await world.run(15_000);
  const answer = await web.claims.claim({ eventId: 2, userId: "lee", requestId: "r" });
  expect(answer).toMatchObject({ status: "won", rank: 2 });
  await world.run(10_000);
  expect(rowsOf()).toContainEqual({ userId: "kim", rank: 1 });
});

it("history 18: pending seats of a closed event become won as well", async () => {
  world.log.mode = "down";
  expect(await claim("kim")).toMatchObject({ status: "pending" });
  const event = world.database.tables().events.get(1);
  if (event) Object.assign(event, { status: "closed", version: 2 });
  world.log.mode = "up";
  world.gate.restart();
  await world.run(15_000);
  expect(await web.claims.status({ eventId: 1, userId: "kim" })).toMatchObject({ status: "won", rank: 1 });
  expect(rowsOf()).toEqual([{ userId: "kim", rank: 1 }]);
});

it("history 6: a web process that cannot see the new epoch says nothing from the old one", async () => {
  const cutOff = world.web();
  await cutOff.refresh();
  cutOff.refresh = () => Promise.reject(new Error("cut off"));
  world.gate.restart();
  await world.run(15_000);
  expect(await claim("kim", cutOff)).toMatchObject({ status: "unavailable" });
});

it("a reservation that was never acknowledged and is lost gives its rank back, and its user is told none", async () => {
  const rewind = world.gate.snapshot();
  world.log.mode = "down";
  expect(await claim("kim")).toMatchObject({ status: "pending" });
  rewind();
  world.gate.restart();
  world.log.mode = "up";
  await world.run(15_000);
  expect(await web.claims.status({ eventId: 1, userId: "kim" })).toEqual({ status: "none" });
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 1 });
});

it("a record that lands behind the marker of a newer epoch makes no row", async () => {
  world.log.mode = "silent";
  await claim("kim");
  const stale = world.log.records("coupon.request", 0).concat(world.log.records("coupon.request", 1)).at(-1);
  world.log.mode = "up";
  await world.run(5000);
  world.gate.flushAll();
  await world.run(15_000);
  const value = (stale?.value ?? "")
    .replace('"rank":1', '"rank":2')
    .replace('"userId":"kim"', '"userId":"old"');
  world.log.write("coupon.request", 0, value);
  await world.drainLog();
  expect(rowsOf()).toEqual([{ userId: "kim", rank: 1 }]);
  expect(world.database.tables().conflicts.map(({ kind }) => kind)).toEqual(["stale_epoch"]);
});

it("waits while the gate is unreachable and opens once it answers again", async () => {
  await claim("kim");
  world.gate.unreachable = true;
  await world.run(8000);
  expect(await claim("lee")).toMatchObject({ status: "unavailable" });
  world.gate.unreachable = false;
  world.gate.restart();
  await world.run(10_000);
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2 });
});

it("one event that cannot be built stays closed alone", async () => {
  world.addEvent({ issueLimit: 3 });
  await world.run(1000);
  await claim("kim");
  await world.drainLog();
  // A limit made smaller by hand contradicts the row: nothing built from that can be right.
  const row = world.database.tables().coupons[0];
  if (row) row.rank = 9;
  world.gate.flushAll();
  await world.run(20_000);
  expect(world.gate.keys(1)?.state).toBe("building");
  expect(world.gate.keys(2)?.state).toBe("open");
});

it("an event whose gate holds an epoch that nobody has begun stays closed alone, and is tried ever more seldom", async () => {
  world.addEvent({ issueLimit: 3 });
  await world.run(1000);
  Object.assign(world.gate.keys(1) ?? {}, { epoch: 9999 });
  await world.run(20_000);
  expect(world.gate.keys(2)).toMatchObject({ state: "open", epoch: 2 });
  await world.run(600_000);
  expect(world.gate.keys(2)).toMatchObject({ state: "open" });
  expect(world.database.tables().gate.epoch).toBeLessThan(8);
});

it("history 26: waits until the worker has read what the log acknowledged, then reads the rows", async () => {
  world.workerStopped = true;
  expect(await claim("kim")).toMatchObject({ status: "won", rank: 1 });
  world.gate.flushAll();
  await world.run(9000);
  expect(await claim("lee")).toMatchObject({ status: "unavailable" });
  world.workerStopped = false;
  await world.run(15_000);
  expect(await claim("kim")).toMatchObject({ status: "won", rank: 1 });
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2 });
});

it("nobody is seated by an older epoch's scripts once a new epoch has begun", async () => {
  const slow = world.web();
  await slow.refresh();
  slow.refresh = async () => {}; // still holds the lease, and has not heard of the new epoch
  const other = world.addEvent();
  await world.run(1000);
  // A row that the other event's gate knows nothing of: a rebuild, while the first event's gate is as it was.
  const row = { userId: "lee", rank: 1, claimedAtMs: 1 };
  world.database.tables().coupons.push({ ...row, eventId: other.id, expiresAtMs: 9, issuedAtMs: 2 });
  await slow.lease.refresh();
  await world.run(500);
  expect(world.database.tables().gate.epoch).toBe(2);
  expect(slow.lease.holds(1)).toBe(true);
  expect(await claim("kim", slow)).toMatchObject({ status: "unavailable" });
  expect(world.gate.keys(1)?.users.size).toBe(0);
});

/** When the last epoch was raised, and when its last marker was written. */
function watchMarkers({ database, log, clock }: ModelWorld) {
  const { raiseEpoch } = database;
  const { appendMarkers } = log;
  const times = { raisedMs: 0, markedMs: 0 };
  database.raiseEpoch = (next) => {
    times.raisedMs = clock.monotonicMs();
    return raiseEpoch(next);
  };
  log.appendMarkers = (target, epoch) => {
    times.markedMs = clock.monotonicMs();
    return appendMarkers(target, epoch);
  };
  return times;
}

it("writes no marker before every older lease has ended", async () => {
  const times = watchMarkers(world);
  world.gate.restart();
  await world.run(10_000);
  expect(times.markedMs - times.raisedMs).toBeGreaterThan(MODEL_LEASE_MS);
});

it("history 29: waits for the leases of a first epoch that another guardian began while this one paused", async () => {
  const fresh = modelWorld();
  const { ensureTopic } = fresh.log;
  fresh.log.ensureTopic = async () => {
    fresh.log.ensureTopic = ensureTopic;
    await fresh.database.raiseEpoch({ reason: "another guardian", ...MODEL_TOPIC, after: 0 });
  };
  const times = watchMarkers(fresh);
  await fresh.run(10_000);
  expect(fresh.database.tables().gate.epoch).toBe(2);
  expect(times.markedMs - times.raisedMs).toBeGreaterThan(MODEL_LEASE_MS);
});

it("brings new settings to an open gate within a tick, and counts a raised limit only after the delay", async () => {
  await Promise.all(["a", "b", "c"].map((userId) => claim(userId)));
  const event = world.database.tables().events.get(1);
  if (event) Object.assign(event, { issueLimit: 4, version: 2 });
  await world.run(1000);
  expect((await web.readings.read(1, null))?.status.remaining).toBe(1);
  expect(await claim("early")).toMatchObject({ status: "sold_out" });
  await world.run(2000);
  expect(await claim("late")).toMatchObject({ status: "won", rank: 4 });
});

it("history 24: an event is opened for the first time only once", async () => {
  const { begin } = world.gate;
  const firstOpenings: number[] = [];
  world.gate.begin = (call) => {
    if (call.firstOpening) firstOpenings.push(call.eventId);
    return call.firstOpening ? Promise.reject(new Error("timed out")) : begin(call);
  };
  const event = world.addEvent();
  await world.run(15_000);
  expect(firstOpenings).toEqual([event.id]);
  expect(world.gate.keys(event.id)).toMatchObject({ state: "open", epoch: 2 });
});

it("notices a gate that went back in time without any other sign, by a row above its highest rank", async () => {
  const rewind = world.gate.snapshot();
  await claim("kim");
  await world.drainLog();
  rewind();
  await world.run(10_000);
  expect(world.database.tables().gate.epoch).toBe(2);
  expect(await claim("lee")).toMatchObject({ status: "won", rank: 2 });
});

it("a worker whose settings another one has replaced follows the epoch instead of changing it back", async () => {
  await world.database.raiseEpoch({
    reason: "newer settings",
    topic: MODEL_TOPIC.topic,
    partitions: 3,
    after: 1,
  });
  world.gate.restart();
  await world.run(15_000);
  const { gate } = world.database.tables();
  expect(gate.partitions).toBe(3);
  const { epoch } = gate;
  await world.run(10_000);
  expect(world.database.tables().gate.epoch).toBe(epoch);
});

it("a guardian that cannot rebuild leaves the lock to another one between its attempts", async () => {
  world.log.ensureTopic = () => Promise.reject(new Error("wrong settings"));
  world.gate.restart();
  await world.run(10_000);
  expect(await world.database.withRebuildLock(async () => "free")).toBe("free");
  expect(world.database.tables().gate.epoch).toBe(1);
});

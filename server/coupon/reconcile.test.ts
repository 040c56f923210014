/** Reconciliation over modelled services: what is a difference, what is only on its way, and what is mended. */
import { beforeEach, expect, it } from "vitest";
import { CannotCompareError, UnknownEventError } from "./errors.ts";
import { MODEL_TOPIC, type ModelWeb, type ModelWorld, modelWorld } from "./model/model-world.ts";
import { contradiction, differenceCount, openMatters } from "./reconciliation.ts";

let world: ModelWorld;
let web: ModelWeb;

beforeEach(async () => {
  world = modelWorld();
  world.addEvent({ issueLimit: 5 });
  web = world.web();
  await world.run(2000);
});

const claim = (userId: string) => web.claims.claim({ eventId: 1, userId, requestId: "r" });
const coupons = () => world.database.tables().coupons;
const ranks = () => Object.fromEntries(coupons().map(({ userId, rank }) => [userId, rank]));
const noSignal = new AbortController().signal;

/** While the worker goes on. */
async function reconcile(logWaitMs = 3000) {
  const report = world.keeping.reconciler.reconcile(1, { logWaitMs, signal: noSignal });
  report.catch(() => {});
  await world.run(4000);
  return await report;
}

async function three(): Promise<void> {
  for (const userId of ["ann", "bob", "cho"]) await claim(userId);
  await world.run(1000);
}

function loseRow(userId: string): void {
  const index = coupons().findIndex((row) => row.userId === userId);
  coupons().splice(index, 1);
}

it("says that nothing differs when every seat has its row", async () => {
  await three();
  const report = await reconcile();
  expect(report).toMatchObject({ epoch: 1, issueLimit: 5, accepted: 3, issued: 3, pending: 0, repaired: 0 });
  expect(differenceCount(report)).toBe(0);
  expect(openMatters(report)).toEqual([]);
});

it("waits for the worker instead of taking work in flight for a loss", async () => {
  world.workerStopped = true;
  await claim("ann");
  await world.run(500);
  const report = world.keeping.reconciler.reconcile(1, { logWaitMs: 3000, signal: noSignal });
  await world.run(1000);
  world.workerStopped = false;
  await world.run(1000);
  expect(await report).toMatchObject({ accepted: 1, issued: 1, repaired: 0 });
  expect(differenceCount(await report)).toBe(0);
});

it("does not miss the seat of a row that came while the gate was being listed", async () => {
  await three();
  const { allSeats } = world.gate;
  world.gate.allSeats = async (call) => {
    const listed = await allSeats(call);
    await claim("dan");
    await world.drainLog();
    return listed;
  };
  const report = await reconcile();
  expect(ranks()).toMatchObject({ dan: 4 });
  expect(differenceCount(report)).toBe(0);
});

it("makes no report while the worker has not read the log to its end", async () => {
  world.workerStopped = true;
  await claim("ann");
  await world.run(500);
  await expect(reconcile()).rejects.toThrow(CannotCompareError);
});

it("sends a seat again whose row was lost, and counts it as repaired with the same rank", async () => {
  await three();
  loseRow("bob");
  expect(await reconcile()).toMatchObject({ accepted: 3, issued: 3, repaired: 1 });
  expect(ranks()).toEqual({ ann: 1, bob: 2, cho: 3 });
});

it("keeps a seat as a difference when sending it again brings no row", async () => {
  await three();
  loseRow("bob");
  world.log.mode = "down";
  const report = await reconcile();
  expect(report).toMatchObject({ issued: 2, repaired: 0, differences: { seat_without_row: 1 } });
  expect(report.examples).toEqual(["rank 2, bob: has a seat and no row"]);
});

it("counts a seat whose record is not in the log as pending, not as lost", async () => {
  world.log.mode = "down";
  await claim("ann");
  const report = await reconcile();
  expect(report).toMatchObject({ accepted: 1, issued: 0, pending: 1 });
  expect(differenceCount(report)).toBe(0);
});

it("counts a seat whose record is parked as parked, and does not send it again", async () => {
  world.database.refusedUsers.add("bob");
  await three();
  const before = logLength();
  const report = await reconcile();
  expect(report).toMatchObject({ accepted: 3, issued: 2, parked: 1, repaired: 0 });
  expect(differenceCount(report)).toBe(0);
  expect(openMatters(report)).toHaveLength(1);
  expect(logLength()).toBe(before);
});

it("does not turn a discarded seat into a coupon again", async () => {
  world.database.refusedUsers.add("bob");
  await three();
  for (const record of world.database.tables().failed) record.state = "discarded";
  world.database.refusedUsers.clear();
  expect(await reconcile()).toMatchObject({ repaired: 0, differences: { seat_without_row: 1 } });
  expect(ranks()).toEqual({ ann: 1, cho: 3 });
});

it("finds a row without a seat, which only a rebuild can mend", async () => {
  await three();
  coupons().push({ eventId: 1, userId: "dan", rank: 4, claimedAtMs: 0, expiresAtMs: 0, issuedAtMs: 0 });
  const report = await reconcile();
  expect(report.differences).toMatchObject({ row_without_seat: 1, seat_without_row: 0 });
  expect(contradiction(report)).toMatch("1 rows have no seat in the gate");
});

it("finds a seat and a row that disagree about the rank, and does not send the seat again", async () => {
  await three();
  for (const row of coupons()) if (row.userId === "cho") row.rank = 5;
  const before = logLength();
  const report = await reconcile();
  expect(report.differences).toMatchObject({ seat_and_row_disagree: 1, row_without_seat: 0 });
  expect(contradiction(report)).not.toBeNull();
  expect(logLength()).toBe(before);
});

it("finds a seat whose rank is another user's row", async () => {
  await three();
  for (const row of coupons()) if (row.userId === "cho") row.userId = "eve";
  const report = await reconcile();
  expect(report.differences).toMatchObject({ seat_and_row_disagree: 1, row_without_seat: 1 });
});

it("finds rows above the issue limit", async () => {
  await three();
  const event = world.database.tables().events.get(1);
  if (event) event.issueLimit = 2;
  expect(await reconcile()).toMatchObject({ issueLimit: 2, differences: { row_above_limit: 1 } });
});

it("counts conflicts of the event, and stale records apart from them", async () => {
  const origin = { topic: "t", partition: 0, offset: "0" };
  const conflict = { origin, record: "", standing: null };
  world.database
    .tables()
    .conflicts.push(
      { ...conflict, kind: "stale_epoch", eventId: 1 },
      { ...conflict, kind: "rank_taken", eventId: 1 },
      { ...conflict, kind: "rank_taken", eventId: 2 },
    );
  expect(await reconcile()).toMatchObject({ conflicts: 1, stale: 1 });
});

it("makes no report without the lease or without the gate", async () => {
  await three();
  world.gate.restart();
  await expect(world.keeping.reconciler.reconcile(1, wait)).rejects.toThrow(CannotCompareError);
  world.database.down = true;
  await world.clock.advance(6000);
  world.database.down = false;
  await expect(world.keeping.reconciler.reconcile(1, wait)).rejects.toThrow(CannotCompareError);
});

it("makes no report when another epoch began while it was comparing", async () => {
  await three();
  world.workerStopped = true;
  await claim("dan");
  const report = world.keeping.reconciler.reconcile(1, { logWaitMs: 3000, signal: noSignal });
  report.catch(() => {});
  await world.clock.advance(500);
  world.database.tables().gate.epoch += 1;
  await world.guardianLease.refresh();
  await world.drainLog();
  await world.clock.advance(500);
  await expect(report).rejects.toThrow(CannotCompareError);
});

it("accounts for an archived event by its rows alone", async () => {
  await three();
  const event = world.database.tables().events.get(1);
  if (event) event.status = "archived";
  world.gate.flushAll();
  expect(await reconcile()).toMatchObject({ epoch: null, accepted: null, issued: 3, pending: 0 });
});

it("knows no event that does not exist", async () => {
  await expect(world.keeping.reconciler.reconcile(9, wait)).rejects.toThrow(UnknownEventError);
});

const wait = { logWaitMs: 0, signal: noSignal };

function logLength(): number {
  const { topic, partitions } = MODEL_TOPIC;
  let length = 0;
  for (let partition = 0; partition < partitions; partition += 1)
    length += world.log.records(topic, partition).length;
  return length;
}

/** The reader of the claim log on a real Kafka and a real MySQL: every record ends in a table, and none is skipped. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ClaimRecord } from "#server/coupon/claim-record";
import { startTestWorker, type TestWorker } from "./testing.ts";

const WAIT = { timeout: 20_000, interval: 50 };
/** Nothing else is written to it, since the test of a newer version leaves it stuck. */
const STUCK_PARTITION = 2;

let worker: TestWorker;
let epoch: number;

beforeAll(async () => {
  worker = await startTestWorker({ partitions: 3 });
  epoch = await worker.newEpoch();
  worker.consume();
});
afterAll(() => worker?.stop());

function record(eventId: number, userId: string, rank: number, ofEpoch = epoch): ClaimRecord {
  const claimedAt = "2027-01-15T08:00:00.123Z";
  return { v: 1, epoch: ofEpoch, couponEventId: eventId, userId, rank, claimedAt, requestId: "test" };
}

/** Until the group has committed everything that is in the partition. */
async function caughtUp(partition: number): Promise<void> {
  await expect
    .poll(async () => {
      const [committed, end] = await Promise.all([worker.committed(), worker.logEnd()]);
      return committed[partition] === end[partition];
    }, WAIT)
    .toBe(true);
}

test("a record that is delivered twice makes one row, in one batch and in two", async () => {
  const { id } = await worker.newEvent();
  const [ann, bob, cho] = [record(id, "ann", 1), record(id, "bob", 2), record(id, "cho", 3)];
  await worker.append(0, [ann, bob, ann, cho]);
  await worker.append(0, [bob, ann, record(id, "dee", 4)]);
  await caughtUp(0);
  expect(await worker.rows(id)).toEqual({ ann: 1, bob: 2, cho: 3, dee: 4 });
  expect(await worker.conflicts()).toEqual([]);
});

test("a malformed record is in failed_event with its place in the log, and its neighbours have rows", async () => {
  const { id } = await worker.newEvent();
  const tooLong = { ...record(id, "x".repeat(65), 2) };
  await worker.append(0, [
    record(id, "ann", 1),
    "not JSON",
    tooLong,
    record(0, "eve", 1),
    record(id, "bob", 3),
  ]);
  await caughtUp(0);
  expect(await worker.rows(id)).toEqual({ ann: 1, bob: 3 });
  const parked = (await worker.parked()).filter((failed) => failed.topic === worker.topic);
  expect(parked.map((failed) => failed.rawValue)).toEqual([
    "not JSON",
    JSON.stringify(tooLong),
    JSON.stringify(record(0, "eve", 1)),
  ]);
  expect(new Set(parked.map(({ partition, state }) => `${partition} ${state}`))).toEqual(
    new Set(["0 parked"]),
  );
});

test("a rank above the limit gets no row, whatever the gate said", async () => {
  const { id } = await worker.newEvent({ issueLimit: 1 });
  await worker.append(1, [record(id, "ann", 1), record(id, "bob", 2)]);
  await caughtUp(1);
  expect(await worker.rows(id)).toEqual({ ann: 1 });
  const conflicts = (await worker.conflicts()).filter((conflict) => conflict.record.includes('"bob"'));
  expect(conflicts.map(({ kind }) => kind)).toEqual(["over_limit"]);
});

test("a record of an older epoch behind the marker gets no row, and is noted beside the row that stands", async () => {
  const { id } = await worker.newEvent();
  const old = epoch;
  await worker.append(0, [record(id, "ann", 1)]);
  epoch = await worker.newEpoch();
  const lateRival = record(id, "bob", 1, old);
  await worker.append(0, [lateRival, record(id, "ann", 1, old), record(id, "cho", 2)]);
  await caughtUp(0);
  expect(await worker.rows(id)).toEqual({ ann: 1, cho: 2 });
  const stale = (await worker.conflicts()).filter(({ kind }) => kind === "stale_epoch");
  expect(stale.map(({ record, standingUserId }) => ({ record, standingUserId }))).toEqual([
    { record: JSON.stringify(lateRival), standingUserId: "ann" },
  ]);
});

test("a marker above the gate's epoch is parked, and makes nothing stale", async () => {
  const { id } = await worker.newEvent();
  const forged = JSON.stringify({ v: 1, marker: "epoch", epoch: epoch + 5 });
  await worker.append(1, [forged, record(id, "ann", 1)]);
  await caughtUp(1);
  expect(await worker.rows(id)).toEqual({ ann: 1 });
  expect((await worker.parked()).map((failed) => failed.rawValue)).toContain(forged);
  expect(await worker.parts.epochs.partitionEpochs(worker.topic, 3)).toEqual([epoch, epoch, epoch]);
});

test("a record of a newer version stops its partition alone, and nothing behind it is skipped", async () => {
  const { id } = await worker.newEvent();
  await caughtUp(STUCK_PARTITION);
  const [, , newerOffset] = await worker.logEnd();
  await worker.append(STUCK_PARTITION, ['{"v":2,"epoch":1}', record(id, "behind", 1)]);
  await worker.append(0, [record(id, "elsewhere", 2)]);
  await caughtUp(0);
  // Both partitions are read side by side; a second round gives the stuck one every chance to go wrong.
  await worker.append(0, [record(id, "later", 3)]);
  await caughtUp(0);
  expect(await worker.rows(id)).toEqual({ elsewhere: 2, later: 3 });
  expect((await worker.committed())[STUCK_PARTITION]).toBe(newerOffset);
  expect((await worker.parked()).filter(({ partition }) => partition === STUCK_PARTITION)).toEqual([]);
});

/** Reading the log again over the modelled database, as after a restore of a backup. */
import { beforeEach, expect, it } from "vitest";
import { type ClaimRecord, encodeMarker, encodeRecord } from "./claim-record.ts";
import { modelClock } from "./model/model-clock.ts";
import { type ModelDatabase, modelDatabase } from "./model/model-database.ts";
import { silentReporter } from "./model/silent-reporter.ts";
import type { LogHistory, TimedRecord } from "./ports.ts";
import { RereadError, reread } from "./reread.ts";

let database: ModelDatabase;
let partitions: TimedRecord[][];

beforeEach(() => {
  database = modelDatabase(modelClock());
  partitions = [[], []];
  database.tables().events.set(1, {
    id: 1,
    displayName: "event",
    issueLimit: 10,
    opensAtMs: 0,
    closesAtMs: null,
    expiresAtMs: 1,
    discount: { type: "PERCENT", amount: 10 },
    status: "active",
    version: 1,
    openedEpoch: 1,
  });
});

const history: LogHistory = {
  async read(_topic, onRecords) {
    for (const records of partitions) for (const record of records) await onRecords([record]);
    return partitions.length;
  },
};
/** Appended at second 1, 2, 3 … of its partition. */
function append(partition: number, value: string): void {
  const records = partitions[partition] as TimedRecord[];
  const origin = { topic: "t", partition, offset: String(records.length) };
  records.push({ origin, key: null, value, appendedAtMs: (records.length + 1) * 1000 });
}
const markers = (epoch: number) => {
  for (const partition of partitions.keys()) append(partition, encodeMarker(epoch));
};
const claim = (epoch: number, userId: string, rank: number, more: Partial<ClaimRecord> = {}) =>
  encodeRecord({
    v: 1,
    epoch,
    couponEventId: 1,
    userId,
    rank,
    claimedAt: "2026-01-01T00:00:00.000Z",
    requestId: "r",
    ...more,
  });
const rows = () => database.tables().coupons.map(({ userId, rank }) => `${userId}#${rank}`);
const again = (fromMs = 0, aboveLimit = false) =>
  reread(
    { epochs: database, events: database, history, store: database, reporter: silentReporter },
    { fromMs, topics: ["t"], aboveLimit },
  );

it("brings every lost coupon back, in the epoch in which it was won", async () => {
  markers(1);
  append(0, claim(1, "kim", 1));
  markers(2);
  append(1, claim(2, "lee", 2));
  expect(await again()).toMatchObject({ epoch: 3, issued: 2, redelivered: 0, unknownEvents: [] });
  expect(rows()).toEqual(["kim#1", "lee#2"]);
  expect(database.tables().gate.epoch).toBe(3);
});

it("a record that was stale when it was appended does not take the rightful owner's rank", async () => {
  markers(1);
  markers(2);
  append(0, claim(1, "late", 1));
  append(1, claim(2, "kim", 1));
  expect(await again()).toMatchObject({ issued: 1, conflicting: 1 });
  expect(rows()).toEqual(["kim#1"]);
});

it("begins above the highest finished epoch of the log, whatever the restored database says", async () => {
  markers(8);
  append(0, encodeMarker(9)); // a rebuild that was never finished
  append(0, claim(8, "kim", 1));
  expect(await again()).toMatchObject({ epoch: 9, issued: 1 });
});

it("a second run finds everything there already", async () => {
  markers(1);
  append(0, claim(1, "kim", 1));
  await again();
  expect(await again()).toMatchObject({ issued: 0, redelivered: 1 });
});

it("leaves what was appended earlier alone, but for its epoch", async () => {
  markers(1);
  append(0, claim(1, "kim", 1));
  append(0, claim(1, "lee", 2));
  expect(await again(3000)).toMatchObject({ issued: 1, read: 1 });
  expect(rows()).toEqual(["lee#2"]);
});

it("lets the workers go on behind it: every partition is at the epoch of its end", async () => {
  markers(4);
  append(0, claim(4, "kim", 1));
  await again(99_000);
  expect(rows()).toEqual([]);
  expect([...database.tables().partitionEpochs.values()]).toEqual([4, 4]);
});

it("refuses records whose epoch marker the log has forgotten, before anything is changed", async () => {
  append(0, claim(1, "kim", 1));
  markers(2);
  await expect(again()).rejects.toThrow(RereadError);
  expect(database.tables().gate.epoch).toBe(0);
  expect(await again(2000)).toMatchObject({ issued: 0 });
});

it("names the events that the restored database does not know, and parks their records", async () => {
  markers(1);
  append(0, claim(1, "kim", 1, { couponEventId: 7 }));
  expect(await again()).toMatchObject({ parked: 1, unknownEvents: [7] });
});

it("a forged marker on every partition does not make the records behind it stale", async () => {
  markers(1);
  markers(1_000_000);
  append(0, claim(1, "kim", 1));
  markers(2);
  append(1, claim(2, "lee", 2));
  expect(await again()).toMatchObject({ epoch: 3, issued: 2, conflicting: 0, parked: 2 });
});

it("an epoch that a late marker of an older one follows is still an epoch", async () => {
  markers(1);
  markers(2);
  append(0, encodeMarker(1));
  append(0, claim(2, "kim", 1));
  expect(await again()).toMatchObject({ epoch: 3, issued: 1 });
});

it("refuses ranks above a limit that was raised after the backup, before anything is changed", async () => {
  markers(1);
  append(0, claim(1, "kim", 12));
  await expect(again()).rejects.toThrow("event 1 has the limit 10 here, and rank 12 in the log");
  expect(database.tables().gate.epoch).toBe(0);
  expect(await again(0, true)).toMatchObject({ issued: 0, conflicting: 1 });
});

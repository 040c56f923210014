/** Issuing over the modelled database: every record ends as a row, a conflict or a parked record. */
import { beforeEach, describe, expect, it } from "vitest";
import { type ClaimRecord, encodeMarker, encodeRecord } from "./claim-record.ts";
import { createIssuer, type Issuer, IssueTroubleError } from "./issue.ts";
import { CODE_ATTEMPTS_MAX } from "./limits.ts";
import { modelClock } from "./model/model-clock.ts";
import { codeOf, type ModelDatabase, modelDatabase } from "./model/model-database.ts";
import { silentReporter } from "./model/model-world.ts";
import type { LogRecord } from "./ports.ts";

const source = { topic: "t", partition: 0 };
let database: ModelDatabase;
let issuer: Issuer;
let nextOffset = 0;

beforeEach(async () => {
  database = modelDatabase(modelClock());
  issuer = createIssuer({ store: database, reporter: silentReporter });
  nextOffset = 0;
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
  await raise();
  await issuer.issue(source, [marker(1)]);
});

async function raise(): Promise<void> {
  const { epoch: after } = await database.currentEpoch();
  await database.raiseEpoch({ reason: "test", topic: "t", partitions: 1, after });
}

function logRecord(value: string | null): LogRecord {
  nextOffset += 1;
  return { origin: { ...source, offset: String(nextOffset) }, key: null, value };
}
const marker = (epoch: number) => logRecord(encodeMarker(epoch));
const claim = (userId: string, rank: number, more: Partial<ClaimRecord> = {}) =>
  logRecord(
    encodeRecord({
      v: 1,
      epoch: 1,
      couponEventId: 1,
      userId,
      rank,
      claimedAt: "2026-01-01T00:00:00.000Z",
      requestId: "r",
      ...more,
    }),
  );
const rows = () => database.tables().coupons.map(({ userId, rank }) => `${userId}#${rank}`);
const codes = () => database.tables().coupons.map(({ code }) => code);
const conflicts = () => database.tables().conflicts.map(({ kind }) => kind);

describe("issuing", () => {
  it("makes one row of a record that is delivered twice, in one batch or in two", async () => {
    const record = claim("kim", 1);
    expect(await issuer.issue(source, [record, claim("kim", 1)])).toMatchObject({
      issued: 1,
      redelivered: 1,
    });
    expect(await issuer.issue(source, [record])).toMatchObject({ issued: 0, redelivered: 1 });
    expect(rows()).toEqual(["kim#1"]);
    expect(conflicts()).toEqual([]);
  });

  it("raises an alarm when a valid record of the current epoch does not become a coupon", async () => {
    const alarms: unknown[] = [];
    const reporter = { ...silentReporter, alarm: (message: string) => void alarms.push(message) };
    await createIssuer({ store: database, reporter }).issue(source, [claim("kim", 11)]);
    expect(alarms).toHaveLength(1);
  });

  it("never issues above the limit, and says what stands there", async () => {
    await issuer.issue(source, [claim("kim", 11), claim("lee", 1)]);
    expect(rows()).toEqual(["lee#1"]);
    expect(conflicts()).toEqual(["over_limit"]);
  });

  it("keeps the first of two users with one rank, and of two ranks for one user", async () => {
    await issuer.issue(source, [claim("kim", 1)]);
    await issuer.issue(source, [claim("lee", 1), claim("kim", 2)]);
    expect(rows()).toEqual(["kim#1"]);
    expect(conflicts().sort()).toEqual(["rank_taken", "user_has_other_rank"]);
  });

  it.each([
    ["not JSON", "{"],
    ["no value", null],
    ["a wrong type", '{"v":1,"epoch":1,"couponEventId":"1","userId":"a","rank":1}'],
    ["an unknown event", JSON.stringify({ ...JSON.parse(claim("x", 3).value ?? ""), couponEventId: 77 })],
    [
      "a user id that is not ASCII",
      JSON.stringify({ ...JSON.parse(claim("x", 3).value ?? ""), userId: "김" }),
    ],
    ["a forged marker above the gate's epoch", encodeMarker(99)],
  ])("parks a record with %s and issues its neighbours", async (_name, value) => {
    await issuer.issue(source, [claim("kim", 1), logRecord(value), claim("lee", 2)]);
    expect(rows()).toEqual(["kim#1", "lee#2"]);
    expect(database.tables().failed.map((record) => record.value)).toEqual([value]);
    expect(database.tables().partitionEpochs.get("t/0")).toBe(1);
  });

  it("parks only the row that the database refuses", async () => {
    database.refusedUsers.add("bad");
    const users = ["a", "b", "bad", "c", "d"];
    await issuer.issue(
      source,
      users.map((userId, index) => claim(userId, index + 1)),
    );
    expect(rows()).toEqual(["a#1", "b#2", "c#4", "d#5"]);
    expect(database.tables().failed).toHaveLength(1);
  });

  it("commits what came before a record of a newer program, and stops there", async () => {
    const batch = [claim("kim", 1), logRecord('{"v":2,"anything":true}'), claim("lee", 2)];
    await expect(issuer.issue(source, batch)).rejects.toThrow(IssueTroubleError);
    expect(rows()).toEqual(["kim#1"]);
    expect(database.tables().failed).toEqual([]);
  });

  it("stops at a record of an epoch that its partition has not reached", async () => {
    await expect(issuer.issue(source, [claim("kim", 1, { epoch: 2 })])).rejects.toThrow(/epoch 2/);
    expect(rows()).toEqual([]);
  });

  it("gets another code when a coupon of another event has its own, and its neighbours keep theirs", async () => {
    database.takenCodes.add(codeOf({ eventId: 1, rank: 2 }, 0)).add(codeOf({ eventId: 1, rank: 2 }, 1));
    const records = [claim("kim", 1), claim("lee", 2), claim("park", 3)];
    expect(await issuer.issue(source, records)).toMatchObject({ issued: 3, redelivered: 0, conflicting: 0 });
    expect(codes()).toEqual(["1/1/0", "1/3/0", "1/2/2"]);
    expect(await issuer.issue(source, records)).toMatchObject({ issued: 0, redelivered: 3, conflicting: 0 });
    expect(codes()).toEqual(["1/1/0", "1/3/0", "1/2/2"]);
  });

  it("is trouble, with nothing written and nothing dropped, when none of its codes is free", async () => {
    for (let attempt = 0; attempt < CODE_ATTEMPTS_MAX; attempt += 1)
      database.takenCodes.add(codeOf({ eventId: 1, rank: 2 }, attempt));
    const batch = [claim("kim", 1), claim("lee", 2)];
    await expect(issuer.issue(source, batch)).rejects.toThrow(IssueTroubleError);
    expect(rows()).toEqual([]);
    database.takenCodes.clear();
    expect(await issuer.issue(source, batch)).toMatchObject({ issued: 2 });
  });

  it("leaves nothing behind when the database goes away in the middle", async () => {
    const insert = database.transaction;
    database.transaction = (work) =>
      insert((transaction) =>
        work({ ...transaction, park: () => Promise.reject(new Error("connection lost")) }),
      );
    await expect(issuer.issue(source, [claim("kim", 1), logRecord("{")])).rejects.toThrow("connection lost");
    expect(rows()).toEqual([]);
  });
});

describe("a record of an older epoch", () => {
  beforeEach(async () => {
    await issuer.issue(source, [claim("kim", 1)]);
    await raise();
  });

  it("is a redelivery when its row is there, and a stale_epoch conflict when it is not", async () => {
    const tally = await issuer.issue(source, [marker(2), claim("kim", 1), claim("old", 2)]);
    expect(tally).toMatchObject({ redelivered: 1, conflicting: 1 });
    expect(rows()).toEqual(["kim#1"]);
    expect(conflicts()).toEqual(["stale_epoch"]);
  });

  it("is issued when it stands before the marker of the next epoch", async () => {
    await issuer.issue(source, [claim("lee", 2), marker(2), claim("new", 3, { epoch: 2 })]);
    expect(rows()).toEqual(["kim#1", "lee#2", "new#3"]);
  });

  it("stays stale behind every later marker (history 12)", async () => {
    await issuer.issue(source, [marker(2)]);
    await raise();
    await issuer.issue(source, [claim("old", 2), marker(3)]);
    expect(rows()).toEqual(["kim#1"]);
  });

  it("is never parked, even when its data is broken (history 25)", async () => {
    await issuer.issue(source, [
      marker(2),
      logRecord('{"v":1,"epoch":1,"couponEventId":1,"userId":"","rank":0}'),
    ]);
    expect(database.tables().failed).toEqual([]);
    expect(conflicts()).toEqual(["stale_epoch"]);
  });
});

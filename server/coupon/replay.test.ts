/** Replays over the modelled database: each parked record is accounted for once, and by the epoch it was parked in. */
import { beforeEach, describe, expect, it } from "vitest";
import { encodeMarker } from "./claim-record.ts";
import { type IssueDesk, issueDesk } from "./model/issue-desk.ts";
import { silentReporter } from "./model/silent-reporter.ts";
import { createReplayer } from "./replay.ts";

const { signal } = new AbortController();
let desk: IssueDesk;

beforeEach(async () => {
  desk = await issueDesk();
});

describe("a replay", () => {
  it("makes a coupon of a parked record once, and says so the second time", async () => {
    await desk.parkRefused(desk.claim("kim", 1));
    expect(await desk.replayer.replay(1)).toEqual({ status: "issued" });
    expect(await desk.replayer.replay(1)).toEqual({ status: "not_parked", state: "replayed" });
    expect(desk.rows()).toEqual(["kim#1"]);
  });

  it("leaves a record that is refused again parked, with one more attempt and the new reason", async () => {
    await desk.issue(desk.claim("kim", 1, { couponEventId: 2 }));
    desk.addEvent(2);
    desk.database.refusedUsers.add("kim");
    expect(await desk.replayer.replay(1)).toEqual({ status: "refused", error: "refused" });
    expect(desk.database.tables().failed).toMatchObject([{ state: "parked", attempts: 2, error: "refused" }]);
    expect(desk.rows()).toEqual([]);
  });

  it("is judged by the epoch stored with the record, whatever its partition has reached since", async () => {
    await desk.parkRefused(desk.claim("kim", 1));
    await desk.newEpoch(2);
    expect(await desk.replayer.replay(1)).toEqual({ status: "issued" });
    expect(desk.conflicts()).toEqual([]);
  });

  it("finds the coupon that a copy of the record has made", async () => {
    await desk.parkRefused(desk.claim("kim", 1));
    await desk.issue(desk.claim("kim", 1));
    expect(await desk.replayer.replay(1)).toEqual({ status: "redelivered" });
    expect(desk.states()).toEqual(["replayed"]);
  });

  it("notes a conflict instead of giving a rank twice, and the record is accounted for", async () => {
    const alarms: string[] = [];
    const reporter = { ...silentReporter, alarm: (message: string) => void alarms.push(message) };
    await desk.parkRefused(desk.claim("kim", 1));
    await desk.issue(desk.claim("choi", 1));
    const outcome = await createReplayer({ store: desk.database, reporter }).replay(1);
    expect(outcome).toEqual({ status: "conflict", kind: "rank_taken" });
    expect(desk.conflicts()).toEqual(["rank_taken"]);
    expect(desk.states()).toEqual(["replayed"]);
    expect(alarms).toHaveLength(1);
  });

  it.each([
    [
      "a marker, which would raise its partition's epoch",
      encodeMarker(99),
      "an epoch marker is never replayed",
    ],
    ["a malformed record", "{", "record is not JSON"],
    ["a record without a value", null, "record has no value"],
  ])("never takes %s", async (_name, value, error) => {
    await desk.issue(desk.record(value));
    expect(await desk.replayer.replay(1)).toEqual({ status: "refused", error });
    expect(desk.states()).toEqual(["parked"]);
    expect(desk.database.tables().partitionEpochs.get("t/0")).toBe(1);
    expect(desk.conflicts()).toEqual([]);
  });

  it("of a record that nobody knows says so", async () => {
    expect(await desk.replayer.replay(7)).toEqual({ status: "unknown" });
  });

  it("that cannot be finished leaves the record as it was", async () => {
    await desk.parkRefused(desk.claim("kim", 1));
    const run = desk.database.failedTransaction;
    desk.database.failedTransaction = (work) =>
      run((transaction) =>
        work({ ...transaction, setFailedState: () => Promise.reject(new Error("connection lost")) }),
      );
    await expect(desk.replayer.replay(1)).rejects.toThrow("connection lost");
    expect(desk.rows()).toEqual([]);
    expect(desk.states()).toEqual(["parked"]);
  });
});

describe("replays of what is due", () => {
  const round = () => desk.replayer.replayDue(signal);

  it("make a coupon of a record whose event exists by now, after a rest", async () => {
    await desk.issue(desk.claim("kim", 1, { couponEventId: 2 }));
    await desk.clock.advance(40_000);
    expect(await round()).toBe(0);
    desk.addEvent(2);
    expect(await round()).toBe(1);
    expect(desk.rows()).toEqual(["kim#1"]);
  });

  it("leave alone what is older than the event's first opening: it was of another event with this id", async () => {
    await desk.issue(desk.claim("kim", 1, { couponEventId: 2 }));
    await desk.clock.advance(40_000);
    desk.addEvent(2);
    const event = desk.database.tables().events.get(2);
    for (const openedEpoch of [2, null]) {
      Object.assign(event ?? {}, { openedEpoch });
      expect(await round()).toBe(0);
    }
    expect(desk.states()).toEqual(["parked"]);
  });

  it("come less often the more often a record was refused, so that a hopeless one costs little", async () => {
    desk.database.refusedUsers.add("kim");
    await desk.issue(desk.claim("kim", 1));
    for (let halfMinute = 0; halfMinute < 2 * 60; halfMinute += 1) {
      await desk.clock.advance(30_000);
      await round();
    }
    // At 30 s, 1.5 min, 3.5, 7.5, 15.5 and 31.5 min.
    expect(desk.database.tables().failed[0]?.attempts).toBe(7);
  });

  it("are not kept waiting by one record that cannot be replayed at all", async () => {
    await desk.parkRefused(desk.claim("kim", 1), desk.claim("lee", 2));
    await desk.clock.advance(40_000);
    const run = desk.database.failedTransaction;
    desk.database.failedTransaction = (work) =>
      run((transaction) =>
        work({
          ...transaction,
          lockFailed: (ids) =>
            ids.includes(1) ? Promise.reject(new Error("strange")) : transaction.lockFailed(ids),
        }),
      );
    expect(await round()).toBe(1);
    expect(desk.rows()).toEqual(["lee#2"]);
  });

  it("end when the process is told to stop", async () => {
    await desk.parkRefused(desk.claim("kim", 1));
    await desk.clock.advance(40_000);
    expect(await desk.replayer.replayDue(AbortSignal.abort())).toBe(0);
  });
});

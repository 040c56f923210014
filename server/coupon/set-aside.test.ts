/** Records that stop their partition, and an operator who knows better. */
import { beforeEach, describe, expect, it } from "vitest";
import { IssueTroubleError } from "./issue.ts";
import { type IssueDesk, issueDesk } from "./model/issue-desk.ts";
import type { LogRecord } from "./ports.ts";

let desk: IssueDesk;

beforeEach(async () => {
  desk = await issueDesk();
});

describe("a record that is set aside by hand", () => {
  const forged = () => desk.claim("forger", 3, { epoch: 99 });
  const setAside = (record: LogRecord) => desk.database.setAside({ origin: record.origin, reason: "forged" });

  it.each([
    ["of an epoch that never was", () => forged()],
    ["of a program that will never come", () => desk.record('{"v":2}')],
  ])("%s is accounted for, and its partition goes on behind it", async (_name, make) => {
    const batch = [desk.claim("kim", 1), make(), desk.claim("lee", 2)];
    await expect(desk.issue(...batch)).rejects.toThrow(IssueTroubleError);
    await setAside(batch[1] as LogRecord);
    expect(await desk.issue(...batch)).toMatchObject({ issued: 1, redelivered: 1, parked: 1 });
    expect(desk.rows()).toEqual(["kim#1", "lee#2"]);
    expect(desk.database.tables().failed).toMatchObject([
      { error: "forged", value: batch[1]?.value, partitionEpoch: 1, attempts: 1, state: "parked" },
    ]);
  });

  it("lets pass that one alone", async () => {
    const batch = [forged(), forged(), desk.claim("lee", 2)];
    await setAside(batch[0] as LogRecord);
    await expect(desk.issue(...batch)).rejects.toThrow(IssueTroubleError);
    expect(desk.rows()).toEqual([]);
  });

  it("is issued all the same when it can be judged", async () => {
    const record = desk.claim("kim", 1);
    await setAside(record);
    await desk.issue(record);
    expect(desk.rows()).toEqual(["kim#1"]);
  });

  it("is never made a coupon by a replay", async () => {
    const record = forged();
    await setAside(record);
    await desk.issue(record);
    expect(await desk.replayer.replay(1)).toMatchObject({ status: "refused" });
    expect(desk.rows()).toEqual([]);
  });

  it("is noted once", async () => {
    const record = forged();
    expect(await setAside(record)).toBe(1);
    expect(await setAside(record)).toBeNull();
  });
});

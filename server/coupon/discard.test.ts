/** Discards over the modelled database: a seat is given up with all its copies, and for ever. */
import { beforeEach, describe, expect, it } from "vitest";
import { discardRecord } from "./discard.ts";
import { type IssueDesk, issueDesk } from "./model/issue-desk.ts";

let desk: IssueDesk;

beforeEach(async () => {
  desk = await issueDesk();
});

describe("a discard", () => {
  it("takes every parked copy of the seat with it, and nobody else's", async () => {
    await desk.parkRefused(desk.claim("kim", 1), desk.claim("kim", 1), desk.claim("lee", 2));
    expect(await discardRecord(desk.database, 1)).toMatchObject({
      status: "discarded",
      ids: [1, 2],
      seat: { eventId: 1, userId: "kim", rank: 1 },
    });
    expect(desk.states()).toEqual(["discarded", "discarded", "parked"]);
  });

  it("cannot be undone by a replay", async () => {
    await desk.parkRefused(desk.claim("kim", 1));
    await discardRecord(desk.database, 1);
    expect(await desk.replayer.replay(1)).toEqual({ status: "not_parked", state: "discarded" });
    expect(desk.rows()).toEqual([]);
  });

  it("leaves a record alone that has become a coupon", async () => {
    await desk.parkRefused(desk.claim("kim", 1));
    await desk.replayer.replay(1);
    expect(await discardRecord(desk.database, 1)).toEqual({ status: "not_parked", state: "replayed" });
    expect(await discardRecord(desk.database, 9)).toEqual({ status: "unknown" });
  });

  it("of a record that names no seat concerns that record alone", async () => {
    await desk.issue(desk.record("{"), desk.record("{"));
    expect(await discardRecord(desk.database, 1)).toEqual({ status: "discarded", ids: [1], seat: null });
    expect(desk.states()).toEqual(["discarded", "parked"]);
  });
});

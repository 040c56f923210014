/** The data model: names of keys, and what counts as a seat. */
import { expect, test } from "vitest";
import { encodeSeat, eventKeys, parseSeat } from "./keys.ts";

test("the four keys of an event share one hash tag, and events share none", () => {
  const tags = [42, 4].map((eventId) => new Set(eventKeys(eventId).map((key) => /\{.*?\}/.exec(key)?.[0])));
  expect(tags).toEqual([new Set(["{event:42}"]), new Set(["{event:4}"])]);
});

test("a seat comes back as it was written", () => {
  const seat = { userId: "Kim.A@b-1", rank: 10_000_000, claimedAtMs: 1_700_000_000_123 };
  expect(parseSeat(seat.userId, encodeSeat(seat))).toEqual(seat);
});

test.each([
  ["kim", ""],
  ["kim", "7"],
  ["kim", "0|5"],
  ["kim", "01|5"],
  ["kim", "-1|5"],
  ["kim", "1.5|5"],
  ["kim", "1|5|6"],
  ["kim", "10000001|5"],
  ["kim lee", "1|5"],
  ["", "1|5"],
])("user %j with %j is not a seat", (userId, entry) => {
  expect(parseSeat(userId, entry)).toBeNull();
});

import { describe, expect, test } from "vitest";
import { readRush } from "../rush/arguments.ts";
import { readChange } from "./event-change.ts";
import { readNewEvent } from "./new-event.ts";
import { UsageError } from "./usage.ts";

const NOW_MS = Date.UTC(2030, 0, 31, 10, 0, 0);
const DAY_MS = 86_400_000;

/** The arguments of a command line without quotes. */
const words = (line: string) => line.split(" ").filter((word) => word !== "");
const newEvent = (line: string) => readNewEvent(words(line))(NOW_MS);

test("an event needs only a name and a limit; the rest has defaults", () => {
  expect(readNewEvent(["--name", "  가을 쿠폰 ", "--limit", "10"])(NOW_MS)).toEqual({
    displayName: "가을 쿠폰",
    issueLimit: 10,
    opensAtMs: NOW_MS,
    closesAtMs: null,
    expiresAtMs: NOW_MS + 30 * DAY_MS,
    discount: { type: "FIXED_AMOUNT", amount: 1000 },
  });
});

test("every option of a new event counts", () => {
  const line =
    "--name x --limit 5 --opens-at +1h --closes-at +1d --expires-at 2030-03-01T00:00:00+09:00 --discount-type PERCENT --discount-amount 25";
  expect(newEvent(line)).toEqual({
    displayName: "x",
    issueLimit: 5,
    opensAtMs: NOW_MS + 3_600_000,
    closesAtMs: NOW_MS + DAY_MS,
    expiresAtMs: Date.UTC(2030, 1, 28, 15),
    discount: { type: "PERCENT", amount: 25 },
  });
});

test("an event may have a name of a hundred characters, however long they are in memory", () => {
  const name = "🎁".repeat(100);
  expect(readNewEvent(["--name", name, "--limit", "10"])(NOW_MS)).toMatchObject({ displayName: name });
});

describe("a wrong argument of a new event is refused by its name", () => {
  test.each([
    ["--limit 10", "--name"],
    ["--name x", "--limit"],
    ["--name x --limit", "--limit"],
    ["--name x --limit 0", "--limit"],
    ["--name x --limit 10000001", "--limit"],
    ["--name x --limit 1e3", "--limit"],
    ["--name x --limit 1.5", "--limit"],
    ["--name x --limit=-1", "--limit"],
    [`--name ${"x".repeat(101)} --limit 1`, "--name"],
    ["--name x\u0007y --limit 1", "--name must not have control or direction characters"],
    ["--name \u3164 --limit 1", "--name must have a character that can be seen"],
    ["--name x --limit -5", '--limit needs a value; one that begins with "-" is written as --limit=-…'],
    ["--name x --limit 1 -x", "there is no option -x"],
    ["--name x --name y --limit 1", "--name"],
    ["--name x --limit 1 --color red", "--color"],
    ["--name x --limit 1 more", "more"],
    ["--name x --limit 1 --opens-at 2030-01-01T00:00:00", "--opens-at"],
    ["--name x --limit 1 --opens-at +2h --closes-at +1h", "--closes-at"],
    ["--name x --limit 1 --closes-at +2d --expires-at +1d", "--expires-at"],
    ["--name x --limit 1 --opens-at +2d --expires-at +1d", "--expires-at"],
    ["--name x --limit 1 --discount-type FREE", "--discount-type"],
    ["--name x --limit 1 --discount-amount 0", "--discount-amount"],
    ["--name x --limit 1 --discount-type PERCENT --discount-amount 101", "--discount-amount"],
  ])("%s", (line, named) => {
    expect(() => newEvent(line)).toThrow(UsageError);
    expect(() => newEvent(line)).toThrow(named);
  });
});

test("a change names the event and what is to change", () => {
  expect(readChange(words("--event 7 --status paused --limit 20"))).toEqual({
    eventId: 7,
    change: { status: "paused", issueLimit: 20 },
  });
  expect(readChange(words("--event 7 --closes-at none"))).toEqual({ eventId: 7, change: {}, closesAt: null });
});

describe("a wrong argument of a change is refused by its name", () => {
  test.each([
    ["--status paused", "--event"],
    ["--event 7", "nothing to change"],
    ["--event x --status paused", "--event"],
    ["--event 2147483648 --status paused", "--event"],
    ["--event 7 --status archived", "--status"],
    ["--event 7 --limit 0", "--limit"],
    ["--event 7 --closes-at soon", "--closes-at"],
  ])("%s", (line, named) => {
    expect(() => readChange(words(line))).toThrow(UsageError);
    expect(() => readChange(words(line))).toThrow(named);
  });
});

test("a rush takes several addresses, and one claim per user unless told otherwise", () => {
  expect(
    readRush(words("--event 7 --users 1000 --url http://127.0.0.1:3000 --url http://127.0.0.1:3010/")),
  ).toEqual({
    eventId: 7,
    users: 1000,
    claimsPerUser: 1,
    concurrency: 64,
    urls: ["http://127.0.0.1:3000", "http://127.0.0.1:3010"],
  });
});

describe("a wrong argument of a rush is refused by its name", () => {
  test.each([
    ["--users 10", "--event"],
    ["--event 7", "--users"],
    ["--event 7 --users 0", "--users"],
    ["--event 7 --users 100001", "--users"],
    ["--event 7 --users 10 --claims-per-user 0", "--claims-per-user"],
    ["--event 7 --users 10 --concurrency 2001", "--concurrency"],
    ["--event 7 --users 10 --url 127.0.0.1:3000", "--url"],
    ["--event 7 --users 10 --url http://127.0.0.1:3000/events", "--url"],
    ["--event 7 --users 10 --url file:///", "--url"],
  ])("%s", (line, named) => {
    expect(() => readRush(words(line))).toThrow(UsageError);
    expect(() => readRush(words(line))).toThrow(named);
  });
});

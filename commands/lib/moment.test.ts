import { describe, expect, test } from "vitest";
import { momentMs, parseMoment } from "./moment.ts";
import { UsageError } from "./usage.ts";

const NOW_MS = Date.UTC(2030, 0, 31, 10, 0, 0);

describe("a moment is understood", () => {
  test.each([
    ["2030-01-31T10:00:00Z", "2030-01-31T10:00:00.000Z"],
    ["2030-01-31T10:00:00+09:00", "2030-01-31T01:00:00.000Z"],
    ["2030-01-31T10:00-03:30", "2030-01-31T13:30:00.000Z"],
    ["2030-01-31T10:00:00.5+00:00", "2030-01-31T10:00:00.500Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["+0s", "2030-01-31T10:00:00.000Z"],
    ["+30s", "2030-01-31T10:00:30.000Z"],
    ["+15m", "2030-01-31T10:15:00.000Z"],
    ["+2h", "2030-01-31T12:00:00.000Z"],
    ["+7d", "2030-02-07T10:00:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(new Date(momentMs(parseMoment("--opens-at", text), NOW_MS)).toISOString()).toBe(expected);
  });
});

describe("what could mean another hour, or no hour at all, is refused with the option's name", () => {
  test.each([
    ["2030-01-31T10:00:00", "no offset"],
    ["2030-01-31", "no time"],
    ["2030-02-30T10:00:00Z", "no such day"],
    ["2029-02-29T10:00:00Z", "no leap year"],
    ["2030-13-01T10:00:00Z", "no such month"],
    ["2030-01-31T24:30:00Z", "no such hour"],
    ["2030-01-31T10:00:00+99:00", "no such offset"],
    ["31.01.2030", "another notation"],
    ["1900000000", "a bare number"],
    ["tomorrow", "a word"],
    ["-5m", "the past"],
    ["+5", "no unit"],
    ["+5w", "an unknown unit"],
    ["+1.5h", "a fraction"],
    ["+99999999d", "beyond a hundred years"],
    ["", "nothing"],
  ])("%s (%s)", (text) => {
    const parse = () => parseMoment("--opens-at", text);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/--opens-at/);
  });
});

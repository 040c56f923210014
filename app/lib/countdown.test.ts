/** What the countdown shows. */
import { expect, test } from "vitest";
import { milestone, timeLeft } from "./countdown.ts";

test("the countdown shows 1 until the moment has come, and 0 from then on", () => {
  expect(timeLeft(1).seconds).toBe(1);
  expect(timeLeft(1_000).seconds).toBe(1);
  expect(timeLeft(1_001).seconds).toBe(2);
  expect(timeLeft(0).seconds).toBe(0);
  expect(timeLeft(-5_000)).toEqual({ days: 0, hours: 0, minutes: 0, seconds: 0 });
});

test("days, hours, minutes and seconds add up to the time that is left", () => {
  const untilMs = ((2 * 24 + 3) * 3_600 + 4 * 60 + 5) * 1_000;
  expect(timeLeft(untilMs)).toEqual({ days: 2, hours: 3, minutes: 4, seconds: 5 });
});

test("a screen reader hears a milestone once it is reached, and nothing after the opening", () => {
  expect(milestone(3_600_001)).toBeNull();
  expect(milestone(3_600_000)).toBe(3_600);
  expect(milestone(45_000)).toBe(60);
  expect(milestone(10_000)).toBe(10);
  expect(milestone(0)).toBeNull();
});

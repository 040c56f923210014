/** What the countdown shows. */
import { expect, test } from "vitest";
import korean from "../messages/ko.json" with { type: "json" };
import { milestone, soonText, timeLeft } from "./countdown.ts";
import { translator } from "./messages.ts";

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

test("an opening within the day is told in the two units that matter", () => {
  const t = translator("ko", korean);
  const left = (seconds: number) => soonText(t, seconds * 1_000);
  expect(left(24 * 3_600 + 1)).toBeNull();
  expect(left(24 * 3_600)).toBe("24시간 0분 남았어요");
  expect(left(3_600)).toBe("1시간 0분 남았어요");
  expect(left(3_599)).toBe("59분 59초 남았어요");
  expect(left(59)).toBe("59초 남았어요");
  expect(left(0)).toBeNull();
});

import { expect, test } from "vitest";
import { percentile, spread } from "./stats.ts";

test("the median of an odd number of rounds is the middle one, with the smallest and the largest beside it", () => {
  expect(spread([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30, values: [30, 10, 20] });
});

test("the median of an even number is the mean of the middle two", () => {
  expect(spread([4, 1, 3, 2]).median).toBe(2.5);
});

test("figures are sorted as numbers", () => {
  expect(spread([9, 10, 100]).median).toBe(10);
});

test("no rounds have no median", () => {
  expect(() => spread([])).toThrow(RangeError);
});

test("p99 of a hundred values is the last but one", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 1)).toBe(100);
  expect(percentile([], 0.99)).toBe(0);
});

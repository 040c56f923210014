import { expect, test } from "vitest";
import { liveCost } from "./cost.ts";

/** Ten listeners, two seconds of silence, and four of changes. */
const measured = {
  listeners: 10,
  before: { rssBytes: 50_000, heapBytes: 20_000 },
  after: { rssBytes: 250_000, heapBytes: 100_000 },
  quiet: { from: { cpuUs: 0, atMs: 0, heard: 10 }, to: { cpuUs: 1_000, atMs: 2_000, heard: 10 } },
  changing: { from: { cpuUs: 2_000, atMs: 3_000, heard: 20 }, to: { cpuUs: 5_600, atMs: 7_000, heard: 180 } },
};

test("memory is what the listeners have added, for each of them", () => {
  expect(liveCost(measured)).toMatchObject({ memoryBytes: 20_000, heapBytes: 8_000 });
});

test("CPU is what changes add to silence of the same length, for each change that a listener heard", () => {
  expect(liveCost(measured).cpuUs).toBe((3_600 - 2_000) / 160);
});

test("a process that does not keep up shows in what a listener hears", () => {
  expect(liveCost(measured).heardPerSecond).toBe(4);
});

test("without a change that was heard there is no figure, rather than one without end", () => {
  const { from } = measured.changing;
  const deaf = { from, to: { ...measured.changing.to, heard: from.heard } };
  expect(() => liveCost({ ...measured, changing: deaf })).toThrow("nobody heard");
});

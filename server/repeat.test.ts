import { expect, test } from "vitest";
import type { Clock } from "#server/coupon/ports";
import { repeat } from "./repeat.ts";

/** A clock whose sleeps are over at once, and are noted. */
function hastyClock() {
  const slept: number[] = [];
  const clock: Clock = {
    monotonicMs: () => 0,
    wallMs: () => 0,
    sleep: async (ms) => void slept.push(ms),
  };
  return { clock, slept };
}

/** Repeats until the run of this number has begun. */
async function repeatTimes(times: number, task: (run: number) => Promise<unknown>) {
  const { clock, slept } = hastyClock();
  const stop = new AbortController();
  const reported: string[] = [];
  const report = (message: string) => void reported.push(message);
  let run = 0;
  await repeat({
    what: "the task",
    everyMs: 70,
    task: () => {
      run += 1;
      if (run === times) stop.abort();
      return task(run);
    },
    signal: stop.signal,
    clock,
    reporter: { info: report, warn: report },
  });
  return { runs: run, slept, reported };
}

test("a task runs at once and then after each pause, until it is stopped", async () => {
  expect(await repeatTimes(3, async () => undefined)).toMatchObject({ runs: 3, slept: [70, 70, 70] });
});

test("runs never overlap, however long one takes", async () => {
  let running = 0;
  let most = 0;
  await repeatTimes(5, async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
  });
  expect(most).toBe(1);
});

test("failures do not keep the next run away; a row of equal ones is reported once, and so is its end", async () => {
  const { runs, reported } = await repeatTimes(5, async (run) => {
    if (run === 2 || run === 3) throw new Error("twice");
  });
  expect(runs).toBe(5);
  expect(reported).toEqual(["the task failed, and is tried again", "the task works again"]);
});

test("what a run throws because it was stopped is not reported", async () => {
  const { reported } = await repeatTimes(1, async () => {
    throw new Error("interrupted");
  });
  expect(reported).toEqual([]);
});

test("nothing runs once the signal is aborted", async () => {
  const { clock } = hastyClock();
  let runs = 0;
  const task = async () => {
    runs += 1;
  };
  const reporter = { info: () => undefined, warn: () => undefined };
  await repeat({ what: "the task", everyMs: 1, task, signal: AbortSignal.abort(), clock, reporter });
  expect(runs).toBe(0);
});

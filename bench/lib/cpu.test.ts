import { expect, test } from "vitest";
import { cpuMsPerThousand, parseStat, startCpu } from "./cpu.ts";

const STAT =
  "4242 (a (strange) name) S 1 4242 4242 0 -1 4194560 900 800 0 0 150 50 30 20 20 0 11 0 5000 1000000 200 18446744073709551615";

test("CPU time is read behind a program's name, whatever stands in it", () => {
  expect(parseStat(STAT)).toEqual({ own: 200, children: 50 });
});

test("the work of a process shows in its group", () => {
  const used = startCpu({ web: [process.pid] });
  const endMs = performance.now() + 200;
  while (performance.now() < endMs) Math.sqrt(endMs);
  expect(used().web).toBeGreaterThan(0);
});

test("a process that is gone has used nothing that we could know", () => {
  expect(startCpu({ redis: [2 ** 30] })().redis).toBe(0);
});

test("the generator's CPU is not part of what a claim costs", () => {
  const cpu = { web: 1, worker: 0.5, redis: 0.25, kafka: 0.15, mysql: 0.1, generator: 5 };
  expect(cpuMsPerThousand(cpu, 2_000)).toBeCloseTo(1_000);
  expect(cpuMsPerThousand(cpu, 0)).toBe(0);
});

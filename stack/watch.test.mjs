import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watch } from "./watch.mjs";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** @param {() => Promise<void>} [onStart] */
function fakeService(onStart = async () => {}) {
  const service = {
    label: "Redis",
    logFile: "/nowhere/redis.log",
    running: true,
    starts: 0,
    isRunning: () => service.running,
    async start() {
      service.starts += 1;
      await onStart();
      service.running = true;
    },
  };
  return service;
}

const said = () => vi.mocked(process.stderr.write).mock.calls.join("");

test("a service that ends is named with its log and started again; its neighbour is left alone", async () => {
  const [redis, neighbour] = [fakeService(), fakeService()];
  const watching = watch([redis, neighbour]);
  redis.running = false;
  await vi.advanceTimersByTimeAsync(1000);
  expect([redis.starts, neighbour.starts]).toEqual([1, 0]);
  expect(said()).toContain("Redis ended unexpectedly (its log: /nowhere/redis.log)");
  await watching.stop();
});

test("a service that does not stay up is given up after three starts", async () => {
  const redis = fakeService(async () => {
    throw new Error("the port is taken");
  });
  const watching = watch([redis]);
  redis.running = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await watching.gaveUp).message).toContain("Redis ended 4 times in a row");
  expect(redis.starts).toBe(3);
});

test("ends that lie far apart are never too many", async () => {
  const redis = fakeService();
  const watching = watch([redis]);
  for (let count = 1; count <= 6; count += 1) {
    await vi.advanceTimersByTimeAsync(62_000);
    redis.running = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(redis.starts).toBe(count);
  }
  await watching.stop();
});

test("a stop waits for the start that has begun, and nothing is started after it", async () => {
  let finish = () => {};
  const redis = fakeService(() => new Promise((resolve) => (finish = () => resolve(undefined))));
  const watching = watch([redis]);
  redis.running = false;
  await vi.advanceTimersByTimeAsync(1000);
  let stopped = false;
  const stop = watching.stop().then(() => (stopped = true));
  await vi.advanceTimersByTimeAsync(0);
  expect(stopped).toBe(false);
  finish();
  await stop;
  redis.running = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(redis.starts).toBe(1);
});

import { beforeEach, describe, expect, it } from "vitest";
import { createLease, type Lease } from "./lease.ts";
import { type ModelClock, modelClock } from "./model/model-clock.ts";
import type { GateEpoch } from "./ports.ts";

let clock: ModelClock;
let lease: Lease;
let read: () => Promise<GateEpoch>;
const epoch = (number: number): GateEpoch => ({ epoch: number, topic: "t", partitions: 1 });

beforeEach(() => {
  clock = modelClock();
  read = async () => epoch(7);
  lease = createLease({ epochs: { currentEpoch: () => read() }, clock, leaseMs: 5000 });
});

describe("the lease", () => {
  it("is not held before the first read, nor before the first gate", async () => {
    expect(lease.current()).toBeNull();
    read = async () => epoch(0);
    await lease.refresh();
    expect(lease.current()).toBeNull();
  });

  it("ends when the epoch was not read again in time", async () => {
    await lease.refresh();
    await clock.advance(4999);
    expect(lease.holds(7)).toBe(true);
    await clock.advance(1);
    expect(lease.holds(7)).toBe(false);
  });

  it("counts from before the read was asked for, however long the answer took", async () => {
    read = async () => {
      await clock.sleep(4000);
      return epoch(7);
    };
    const refreshed = lease.refresh();
    await clock.advance(4000);
    await refreshed;
    expect(lease.holds(7)).toBe(true);
    await clock.advance(1000);
    expect(lease.holds(7)).toBe(false);
  });

  it("ends when the wall clock jumped, as after a pause in which the monotonic clock stood still", async () => {
    await lease.refresh();
    clock.shiftWall(5000);
    expect(lease.holds(7)).toBe(false);
  });

  it("does not mind a wall clock that is wrong by a constant", async () => {
    clock.shiftWall(-600_000);
    await lease.refresh();
    await clock.advance(1000);
    expect(lease.holds(7)).toBe(true);
  });

  it("speaks for one epoch only", async () => {
    await lease.refresh();
    read = async () => epoch(8);
    await lease.refresh();
    expect([lease.holds(7), lease.holds(8)]).toEqual([false, true]);
  });

  it("is not renewed by a failed read", async () => {
    await lease.refresh();
    read = () => Promise.reject(new Error("down"));
    await clock.advance(3000);
    await expect(lease.refresh()).rejects.toThrow("down");
    await clock.advance(2000);
    expect(lease.current()).toBeNull();
  });

  it("keeps the newer read when an older one answers late", async () => {
    const slow = Promise.withResolvers<GateEpoch>();
    read = () => slow.promise;
    const late = lease.refresh();
    await clock.advance(10);
    read = async () => epoch(8);
    await lease.refresh();
    slow.resolve(epoch(7));
    await late;
    expect(lease.holds(8)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { selfClockedQueue } from "./self-clocked-queue.ts";

/** A run that returns when told to. */
function heldRun() {
  const batches: { items: number[]; release: () => void; fail: (error: Error) => void }[] = [];
  const run = (items: number[]) =>
    new Promise<number[]>((resolve, reject) => {
      batches.push({ items, release: () => resolve(items.map((item) => item * 10)), fail: reject });
    });
  return { run, batches };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a self-clocked queue", () => {
  it("sends what gathered while a batch was away as the next one, in the order of arrival", async () => {
    const { run, batches } = heldRun();
    const queue = selfClockedQueue({ run, batchMax: 3, lengthMax: 10 });
    const first = queue.push(1);
    await turn();
    const later = [2, 3, 4, 5].map((item) => queue.push(item)?.result);
    batches[0]?.release();
    await turn();
    batches[1]?.release();
    await turn();
    batches[2]?.release();
    expect(await Promise.all([first?.result, ...later])).toEqual([10, 20, 30, 40, 50]);
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5]]);
  });

  it("turns away what does not fit, and takes more when a place is free again", async () => {
    const { run, batches } = heldRun();
    const queue = selfClockedQueue({ run, batchMax: 1, lengthMax: 1 });
    queue.push(1);
    await turn();
    expect(queue.push(2)).not.toBeNull();
    expect(queue.push(3)).toBeNull();
    batches[0]?.release();
    await turn();
    expect(queue.push(4)).not.toBeNull();
  });

  it("never runs an item that was withdrawn while it waited, and keeps one that has left", async () => {
    const { run, batches } = heldRun();
    const queue = selfClockedQueue({ run, batchMax: 9, lengthMax: 9 });
    const left = queue.push(1);
    await turn();
    const waiting = queue.push(2);
    expect(left?.withdraw()).toBe(false);
    expect(waiting?.withdraw()).toBe(true);
    batches[0]?.release();
    await turn();
    expect(batches).toHaveLength(1);
  });

  it("rejects a failed batch alone and goes on with the next", async () => {
    const { run, batches } = heldRun();
    const queue = selfClockedQueue({ run, batchMax: 1, lengthMax: 9 });
    const first = queue.push(1)?.result;
    const second = queue.push(2)?.result;
    await turn();
    batches[0]?.fail(new Error("broken"));
    await expect(first).rejects.toThrow("broken");
    await turn();
    batches[1]?.release();
    expect(await second).toBe(20);
  });
});

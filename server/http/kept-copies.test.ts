/** The limits of what is kept: so many copies and bytes, the least used ones out first. */
import { expect, test } from "vitest";
import { createKeptCopies } from "./kept-copies.ts";

function openCopies(limits: { copiesMax: number; bytesMax: number }) {
  const clock = { ms: 0 };
  const ages: number[] = [];
  const copies = createKeptCopies<string>({
    ...limits,
    freshMs: 1000,
    ageMaxMs: 3000,
    nowMs: () => clock.ms,
    onAnswer: (ageMs) => void ages.push(ageMs),
    onFailure: () => undefined,
  });
  let makings = 0;
  const get = (key: string, bytes = 1) =>
    copies.get(key, async () => {
      makings += 1;
      return { value: `${key}${makings}`, bytes, keep: true };
    });
  /** Whether there is a copy, without making one. */
  const isKept = (key: string) => {
    const never = copies.get(key, () => Promise.reject(new Error("not kept")));
    if (never instanceof Promise) never.catch(() => undefined);
    return !(never instanceof Promise);
  };
  return { clock, ages, get, isKept };
}

test("of more copies than may be kept, the one that was not asked for lately goes", async () => {
  const { clock, get, isKept } = openCopies({ copiesMax: 2, bytesMax: 100 });
  await get("a");
  await get("b");
  clock.ms = 1500;
  get("a");
  await expect.poll(() => get("a")).toBe("a3");
  await get("c");
  expect(["a", "b", "c"].map(isKept)).toEqual([true, false, true]);
});

test("copies take no more bytes than allowed, and one that is made again counts once", async () => {
  const { clock, get, isKept } = openCopies({ copiesMax: 100, bytesMax: 10 });
  await get("a", 4);
  await get("b", 4);
  clock.ms = 1500;
  get("b", 5);
  await expect.poll(() => get("b")).toBe("b3");
  expect(["a", "b"].map(isKept)).toEqual([true, true]);
  await get("c", 6);
  expect(["a", "b", "c"].map(isKept)).toEqual([false, false, true]);
  await get("too large", 11);
  expect(["c", "too large"].map(isKept)).toEqual([false, false]);
});

test("a copy is as old as the beginning of its making", async () => {
  const { clock, ages, get } = openCopies({ copiesMax: 2, bytesMax: 100 });
  const making = get("a");
  clock.ms = 700;
  await making;
  get("a");
  clock.ms = 1200;
  get("a");
  expect(ages).toEqual([700, 1200]);
});

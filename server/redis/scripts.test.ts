/** The composed scripts: one set of SHAs for each epoch, the same in every process. */
import { expect, test } from "vitest";
import { scriptNames, scriptsOf } from "./scripts.ts";

test("each epoch and each script has a SHA of its own", () => {
  const shas = [1, 2, 11].flatMap((epoch) => scriptNames.map((name) => scriptsOf(epoch)[name].sha));
  expect(new Set(shas).size).toBe(3 * scriptNames.length);
});

test("an epoch gives the same SHAs whenever it is asked for", () => {
  const before = structuredClone(scriptsOf(7));
  for (let epoch = 100; epoch < 120; epoch += 1) scriptsOf(epoch);
  expect(scriptsOf(7)).toEqual(before);
});

test("the epoch is in the text of every script", () => {
  for (const name of scriptNames) expect(scriptsOf(42)[name].text).toMatch(/^local EPOCH = 42\n/);
});

test.each([0, -1, 1.5, Number.NaN])("%s is no epoch", (epoch) => {
  expect(() => scriptsOf(epoch)).toThrow(RangeError);
});

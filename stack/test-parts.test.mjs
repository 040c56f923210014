import { expect, test } from "vitest";
import { choose, PARTS } from "./test-parts.mjs";

/** @param {string[]} names */
const chosen = (names) => choose(names).map(({ name }) => name);

test("the browser tests bring the build they run on, whichever words are given", () => {
  expect(chosen(["e2e"])).toEqual(["build", "e2e"]);
  expect(chosen(["e2e", "build", "unit"])).toEqual(["unit", "build", "e2e"]);
});

test("other parts run alone, and without a word all of them run", () => {
  expect(chosen(["services", "unit"])).toEqual(["unit", "services"]);
  expect(choose([])).toEqual(PARTS);
});

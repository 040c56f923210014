import { expect, test } from "vitest";
import { ALL_FAULTS, choose, PARTS } from "./test-parts.mjs";

/** @param {string[]} names */
const chosen = (names) => choose(names).map(({ name }) => name);

test("the browser tests bring the build they run on, whichever words are given", () => {
  expect(chosen(["e2e"])).toEqual(["build", "e2e"]);
  expect(chosen(["e2e", "build", "unit"])).toEqual(["unit", "build", "e2e"]);
});

test("so does the fuzzer", () => {
  expect(chosen(["fuzz"])).toEqual(["build", "fuzz"]);
});

test("other parts run alone, and without a word all of them run", () => {
  expect(chosen(["services", "unit"])).toEqual(["unit", "services"]);
  expect(choose([])).toEqual(PARTS);
});

test("a dozen of the faults run unless all of them are asked for", () => {
  const faults = (/** @type {string[]} */ words) =>
    choose(words).flatMap(({ name, title }) => (name === "faults" ? [title] : []));
  expect(faults([])).toEqual(["Faults under load: a dozen"]);
  expect(faults(["faults"])).toEqual(["Faults under load: a dozen"]);
  expect(faults([ALL_FAULTS])).toEqual(["Faults under load: all"]);
  expect(faults(["faults", ALL_FAULTS])).toEqual(["Faults under load: all"]);
  expect(chosen([ALL_FAULTS])).toEqual(PARTS.map(({ name }) => name));
});

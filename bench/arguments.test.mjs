import { expect, test } from "vitest";
import { partNames, readArguments } from "./arguments.mjs";

test("without a word every part runs, five rounds of four seconds", () => {
  expect(readArguments([])).toEqual({ parts: partNames, rounds: 5, seconds: 4, full: false, only: null });
});

test("named parts run in the usual order, whatever the order of the words", () => {
  expect(readArguments(["sold-out", "--rounds", "2", "winners", "--seconds", "1", "--full"])).toEqual({
    parts: ["winners", "sold-out"],
    rounds: 2,
    seconds: 1,
    full: true,
    only: null,
  });
});

test("candidates are named as tables name them", () => {
  expect(readArguments(["--only", "ours,way-7"])).toMatchObject({ only: ["ours", "way 7"] });
});

test("--help is answered with the help", () => {
  expect(readArguments(["--help"])).toBe("help");
});

test.each([
  ["winner"],
  ["--rounds", "0"],
  ["--rounds"],
  ["--seconds", "1.5"],
  ["--seconds", "61"],
  ["--fast"],
  ["--only", "way-9"],
])("%j %j is refused as a wrong argument", (...words) => {
  expect(() => readArguments(words)).toThrow(expect.objectContaining({ name: "UsageError" }));
});

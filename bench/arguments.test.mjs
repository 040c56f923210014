import { expect, test } from "vitest";
import { partNames, readArguments } from "./arguments.mjs";

test("without a word every part runs, five rounds of four seconds", () => {
  expect(readArguments([])).toEqual({ parts: partNames, rounds: 5, seconds: 4, full: false });
});

test("named parts run in the usual order, whatever the order of the words", () => {
  expect(readArguments(["sold-out", "--rounds", "2", "winners", "--seconds", "1", "--full"])).toEqual({
    parts: ["winners", "sold-out"],
    rounds: 2,
    seconds: 1,
    full: true,
  });
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
])("%j %j is refused as a wrong argument", (...words) => {
  expect(() => readArguments(words)).toThrow(expect.objectContaining({ name: "UsageError" }));
});

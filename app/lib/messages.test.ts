/** Both languages say the same things. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import english from "../messages/en.json";
import korean from "../messages/ko.json";
import { type MessageKey, translator } from "./messages.ts";

const blanksOf = (message: string) => [...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).toSorted();

test("Korean and English have the same messages in the same order", () => {
  expect(Object.keys(english)).toEqual(Object.keys(korean));
});

test.each(Object.keys(korean) as MessageKey[])(
  "%s is worded, with the same blanks in both languages",
  (key) => {
    expect(korean[key].trim()).not.toBe("");
    expect(english[key].trim()).not.toBe("");
    expect(blanksOf(english[key])).toEqual(blanksOf(korean[key]));
  },
);

test("every message is used by some page", () => {
  const root = join(import.meta.dirname, "..");
  const source = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  const unused = Object.keys(korean).filter((key) => !source.includes(`"${key}"`));
  expect(unused).toEqual([]);
});

test("blanks are filled, numbers grouped, and a missing value stays visible", () => {
  const t = translator("en", { ...english, "seats.left": "{left} of {limit} left" });
  expect(t("seats.left", { left: 1_234, limit: "many" })).toBe("1,234 of many left");
  expect(t("seats.left", { left: 1 })).toBe("1 of {limit} left");
});

/** The way back from sign-in never leaves the site. */
import { expect, test } from "vitest";
import { safeNextPath } from "./next-path.ts";

test.each(["/", "/events/42", "/coupons?state=usable#first", "/events/%ED%95%9C"])(
  "a path of this site is kept: %s",
  (path) => {
    expect(safeNextPath(path)).toBe(path);
  },
);

test.each([
  undefined,
  null,
  "",
  "events/1",
  "https://evil.example/",
  "javascript:alert(1)",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/./\\evil.example",
  "/events\\1",
  "/events/1\n",
  "/.//evil.example",
  "/events/..//evil.example",
  ["/events/1", "/events/2"],
  `/events/1?${"x".repeat(600)}`,
])("anything else leads to the start page: %j", (next) => {
  expect(safeNextPath(next)).toBe("/");
});

/** Sign-in comes back to where the visitor was. */
import { expect, test } from "vitest";
import { signInPath } from "./next-path.ts";

test("the sign-in link survives a path with its own query", () => {
  const link = new URL(signInPath("/events/1?a=b&c=d"), "http://localhost");
  expect(link.searchParams.get("next")).toBe("/events/1?a=b&c=d");
});

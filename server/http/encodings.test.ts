/** A caller gets the smallest body that it said it can read, and nothing that it refused. */
import { expect, test } from "vitest";
import { chooseEncoding, type Encoding } from "./encodings.ts";

test.each([
  ["gzip, deflate, br, zstd", "br"],
  ["gzip, deflate", "gzip"],
  ["GZIP", "gzip"],
  ["br;q=0, gzip;q=0.5", "gzip"],
  ["br ; q=0.1", "br"],
  ["*", "br"],
  ["*;q=0, gzip", "gzip"],
  ["br;q=much", null],
  ["identity", null],
  ["", null],
  [undefined, null],
] as [string | undefined, Encoding | null][])("a caller that takes %j gets %s", (header, expected) => {
  expect(chooseEncoding(header, () => true)).toBe(expected);
});

test("an encoding that is not there yet is not chosen", () => {
  expect(chooseEncoding("br, gzip", (encoding) => encoding === "gzip")).toBe("gzip");
  expect(chooseEncoding("br, gzip", () => false)).toBeNull();
});

/** The code of a coupon: letters that cannot be mixed up, evenly spread, in groups of four. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { CODE_ALPHABET, CODE_LENGTH, codeOfDigest, groupCode } from "./coupon-code.ts";

const digest = (text: string) => createHash("sha256").update(text).digest();

it("a code is twelve letters and digits of which none looks like another", () => {
  expect(codeOfDigest(digest("a"))).toMatch(/^[34679ACDEFGHJKMNPQRTVWXY]{12}$/);
  for (const lookAlike of "0O1IL2Z5S8BU") expect(CODE_ALPHABET).not.toContain(lookAlike);
  expect(new Set(CODE_ALPHABET).size).toBe(CODE_ALPHABET.length);
});

it("every letter is equally likely at every place", () => {
  const DIGESTS = 12_000;
  const counts = Array.from({ length: CODE_LENGTH }, () => new Map<string, number>());
  for (let index = 0; index < DIGESTS; index += 1)
    for (const [place, letter] of [...codeOfDigest(digest(String(index)))].entries())
      counts[place]?.set(letter, (counts[place].get(letter) ?? 0) + 1);
  const expected = DIGESTS / CODE_ALPHABET.length;
  for (const atPlace of counts) {
    const chiSquare = [...CODE_ALPHABET].reduce(
      (sum, letter) => sum + ((atPlace.get(letter) ?? 0) - expected) ** 2 / expected,
      0,
    );
    // 23 degrees of freedom: an even spread exceeds 60 in one of thirty thousand cases, and these digests are fixed.
    expect(chiSquare).toBeLessThan(60);
  }
});

it("two digests give two codes, also when they differ in their first byte only", () => {
  const one = digest("a");
  const other = Uint8Array.from(one);
  other[0] = (one[0] ?? 0) ^ 1;
  expect(codeOfDigest(one)).not.toBe(codeOfDigest(other));
});

it("people see a code in three groups of four", () => {
  expect(groupCode("ACDEFGHJKMNP")).toBe("ACDE-FGHJ-KMNP");
});

import { expect, test } from "vitest";
import { createRandom, randomOf } from "./random.ts";
import { type Cast, fuzzRequest } from "./requests.ts";

const payload = Buffer.from('{"userId":"kim","expiresAtMs":1}').toString("base64url");
const cast: Cast = { cookies: [`sunchak_session=${payload}.c2ln`], targets: [{ eventId: 1, couponId: 2 }] };
const bytesOf = (seed: number) =>
  Array.from({ length: 300 }, (_, index) => {
    const { pieces } = fuzzRequest(randomOf(seed, index), cast);
    return Buffer.concat(pieces.map(({ bytes }) => bytes)).toString("latin1");
  });
/** A cookie that has just expired names the moment at which it was made. */
const withoutCookies = (requests: string[]) => requests.map((text) => text.replace(/^Cookie: .*$/gm, ""));

test("a seed repeats its run, request by request, and another seed makes another one", () => {
  expect(withoutCookies(bytesOf(7))).toEqual(withoutCookies(bytesOf(7)));
  expect(bytesOf(7)).not.toEqual(bytesOf(8));
  expect(new Set(bytesOf(7)).size).toBeGreaterThan(200);
});

test("chance stays within its bounds", () => {
  const random = createRandom(1);
  const drawn = Array.from({ length: 1000 }, () => random.below(3));
  expect([...new Set(drawn)].sort()).toEqual([0, 1, 2]);
});

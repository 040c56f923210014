import { expect, test } from "vitest";
import { createRoster } from "./roster.ts";

test("whoever entered and has not left is in it, and each is counted once", () => {
  const roster = createRoster<string>();
  const kim = roster.enter("kim");
  const lee = roster.enter("lee");
  roster.enter("park");
  roster.leave(lee);
  expect([...roster]).toEqual(["kim", "park"]);
  expect(roster.size()).toBe(2);
  roster.leave(kim);
  roster.enter("choi");
  roster.enter("han");
  expect([...roster].sort()).toEqual(["choi", "han", "park"]);
  expect(roster.size()).toBe(3);
});

test("it needs no more places than were taken at the same time", () => {
  const roster = createRoster<number>();
  const places = new Set<number>();
  for (let number = 0; number < 10_000; number += 1) {
    const place = roster.enter(number);
    places.add(place);
    roster.leave(place);
  }
  expect(places.size).toBe(1);
  expect(roster.size()).toBe(0);
});

/** A press that waits for a sign-in. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepPress, takePress } from "./kept-press.ts";

let items: Map<string, string>;
let storage: Storage;

beforeEach(() => {
  vi.useFakeTimers();
  items = new Map();
  storage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => void items.set(name, value),
    removeItem: (name: string) => void items.delete(name),
  } as Storage;
});

afterEach(() => {
  vi.useRealTimers();
});

test("a kept press is found once, and only by its own event", () => {
  keepPress(7, storage);
  expect(takePress(8, storage)).toBe(false);
  expect(takePress(7, storage)).toBe(true);
  expect(takePress(7, storage)).toBe(false);
});

test("a press of long ago is not sent any more", () => {
  keepPress(7, storage);
  vi.advanceTimersByTime(11 * 60_000);
  expect(takePress(7, storage)).toBe(false);
});

test.each(["", "null", "{", '"7"', "[7]"])("strange contents of the storage are no press: %s", (contents) => {
  items.set("sunchak_press", contents);
  expect(takePress(7, storage)).toBe(false);
});

test("a browser that stores nothing only costs a second press", () => {
  const broken = {
    getItem: () => {
      throw new Error("not allowed");
    },
    setItem: () => {
      throw new Error("not allowed");
    },
  } as unknown as Storage;
  expect(() => keepPress(7, broken)).not.toThrow();
  expect(takePress(7, broken)).toBe(false);
});

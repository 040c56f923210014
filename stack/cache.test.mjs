import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cached } from "./cache.mjs";
import { CACHE_DIR } from "./paths.mjs";

const PREFIX = `cache-test-${process.pid}`;
let count = 0;
const newName = () => `${PREFIX}-${++count}`;

afterAll(() => {
  for (const name of readdirSync(CACHE_DIR).filter((entry) => entry.startsWith(PREFIX))) {
    rmSync(join(CACHE_DIR, name), { recursive: true, force: true });
  }
});

test("two who want the same folder at once share one build", async () => {
  let builds = 0;
  const options = {
    name: newName(),
    title: "a folder",
    build: async (/** @type {string} */ folder) => {
      builds += 1;
      await new Promise((resolve) => setImmediate(resolve));
      writeFileSync(join(folder, "file"), "content");
    },
  };
  const [first, second] = await Promise.all([cached(options), cached(options)]);
  expect(first).toBe(second);
  expect(builds).toBe(1);
  expect(readFileSync(join(first, "file"), "utf8")).toBe("content");
});

test("a build that fails half-way leaves no folder that looks complete, and the next one works", async () => {
  const name = newName();
  const failing = cached({
    name,
    title: "a folder",
    build: async (folder) => {
      writeFileSync(join(folder, "half"), "");
      throw new Error("no network");
    },
  });
  await expect(failing).rejects.toThrow("no network");
  expect(readdirSync(CACHE_DIR).filter((entry) => entry.startsWith(name))).toEqual([]);
  const folder = await cached({ name, title: "a folder", build: async () => {} });
  expect(existsSync(join(folder, "half"))).toBe(false);
});

test("the lock of a process that is gone is taken over", async () => {
  const name = newName();
  const lock = join(CACHE_DIR, `${name}.lock`);
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(lock, "2147483646"); // no such process
  await expect(cached({ name, title: "a folder", build: async () => {} })).resolves.toContain(name);
});

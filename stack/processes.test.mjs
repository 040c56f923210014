import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { isStillOurs, notedAndAlive, noteProcess, terminate } from "./processes.mjs";

/** @type {(() => void | Promise<void>)[]} */
const cleanUps = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/**
 * A process that does nothing, with `word` in its command line; `script` may make it stubborn.
 * @param {string} word
 * @param {string} [script]
 */
async function idleProcess(word, script = "") {
  const child = spawn(process.execPath, [
    "-e",
    `${script};console.log("up");setInterval(() => {}, 1000)`,
    word,
  ]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const pid = child.pid ?? 0;
  cleanUps.push(() => terminate(pid, 0));
  return pid;
}

test("a pid that now belongs to a stranger is not ours", async () => {
  const pid = await idleProcess("a-marker");
  expect(isStillOurs({ pid, marker: "a-marker" })).toBe(true);
  expect(isStillOurs({ pid, marker: "another-marker" })).toBe(false);
});

test("a record without a marker matches nothing, and no record neither", async () => {
  const pid = await idleProcess("a-marker");
  expect(isStillOurs({ pid, marker: "" })).toBe(false);
  expect(isStillOurs(null)).toBe(false);
});

test("a process that ignores SIGTERM is gone after terminate", async () => {
  const pid = await idleProcess("stubborn", 'process.on("SIGTERM", () => {})');
  await terminate(pid, 100);
  expect(isStillOurs({ pid, marker: "stubborn" })).toBe(false);
});

test("a process that was stopped by SIGSTOP can still end politely", async () => {
  const pid = await idleProcess("frozen");
  process.kill(pid, "SIGSTOP");
  await terminate(pid, 10_000);
  expect(isStillOurs({ pid, marker: "frozen" })).toBe(false);
});

test("a noted process is found while it lives, and not after", async () => {
  const folder = mkdtempSync(join(tmpdir(), "noted-"));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  vi.stubEnv("SUNCHAK_PROCESSES", folder);
  const record = { pid: await idleProcess("noted"), marker: "noted" };
  noteProcess(record);
  expect(notedAndAlive(folder)).toEqual([record]);
  await terminate(record.pid, 1000);
  expect(notedAndAlive(folder)).toEqual([]);
});

/** Folders that are made once and shared: unpacked programs and data templates in `.stack/cache/`. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CACHE_DIR } from "./paths.mjs";
import { isAlive } from "./processes.mjs";
import { step } from "./progress.mjs";

const LOCK_POLL_MS = 100;

/**
 * The cached folder of that name, made by `build` when it does not exist. `build` fills a temporary folder that
 * is renamed at the end, so a folder that exists is complete, also after a crash in the middle. Two processes at
 * once are safe by that rename; the lock only spares the second one the work.
 * @param {{ name: string, title: string, build: (folder: string) => Promise<void> }} options title: for the progress
 * @returns {Promise<string>} the folder's path
 */
export async function cached({ name, title, build }) {
  const folder = join(CACHE_DIR, name);
  if (existsSync(folder)) return folder;
  return withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return folder;
    const temporary = `${folder}.${process.pid}.${Date.now()}.tmp`;
    try {
      mkdirSync(temporary);
      await step(title, () => build(temporary));
      if (!existsSync(folder)) renameSync(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return folder;
  });
}

/**
 * Runs `work` while holding a lock file that contains our pid. A lock whose owner is gone is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  while (!tryLock(file)) await delay(LOCK_POLL_MS);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
  const owner = ownerOf(file);
  if (owner !== null && owner !== process.pid && !isAlive(owner)) rmSync(file, { force: true });
  return false;
}

/**
 * The pid in a lock file; null while it is being written or already gone.
 * @param {string} file
 */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, "utf8")) || null;
  } catch {
    return null;
  }
}

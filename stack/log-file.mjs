/** Opens a log for appending, with a line that says when this start was; a large one is put aside first. */
import { mkdirSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const SIZE_MAX_BYTES = 20 * 1024 * 1024;

/**
 * @param {string} file
 * @returns {number} the file descriptor, for the output of a process; close it after the spawn
 */
export function openLog(file) {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > SIZE_MAX_BYTES) renameSync(file, `${file}.1`);
  const log = openSync(file, "a");
  writeSync(log, `--- started ${new Date().toISOString()}\n`);
  return log;
}

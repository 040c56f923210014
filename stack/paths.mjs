/** The folders the local stack uses; everything it writes lies below `.stack/`, which git ignores. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
export const STACK_DIR = join(ROOT, ".stack");
/** Unpacked programs and data templates, shared by every instance. */
export const CACHE_DIR = join(STACK_DIR, "cache");
export const BIN_DIR = join(ROOT, "node_modules", ".bin");

/**
 * The folder of a named instance ("main" for npm start, "test" for npm test).
 * @param {string} name
 */
export function instanceDir(name) {
  return join(STACK_DIR, name);
}

/** `next build`, only when the sources differ from those of the last build. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./paths.mjs";
import { run } from "./run.mjs";

/** What the pages are made of; of server/ they use types and the deps module. */
const SOURCES = ["app", "public", "server", "package-lock.json", "next.config.mjs", "postcss.config.mjs"];

/**
 * Whether the build in that folder was made from the sources as they are now.
 * @param {string} distDir such as ".next"
 */
export function isBuilt(distDir) {
  const file = stampFile(distDir);
  return existsSync(file) && readFileSync(file, "utf8") === hashOfSources();
}

/**
 * Builds the pages.
 * @param {{ distDir: string, log?: string }} options log: gets the output; the terminal when left out
 */
export async function buildPages({ distDir, log }) {
  // Read before the build: a file that changes meanwhile must lead to another one.
  const hash = hashOfSources();
  const env = { ...process.env, NODE_ENV: /** @type {const} */ ("production"), NEXT_DIST_DIR: distDir };
  await run("next", ["build"], { cwd: ROOT, env, ...(log ? { log } : {}) });
  writeFileSync(stampFile(distDir), hash);
}

/** @param {string} distDir */
function stampFile(distDir) {
  return join(ROOT, distDir, "sunchak-sources");
}

function hashOfSources() {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap((name) => filesBelow(join(ROOT, name)))) {
    hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/**
 * @param {string} path
 * @returns {string[]} sorted; tests are left out, they are not part of the pages
 */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .flatMap((name) => filesBelow(join(path, name)));
}

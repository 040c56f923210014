import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { packagesMatch } from "./bootstrap.mjs";

/** @type {string[]} */
const folders = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/**
 * A project folder with that lock file, and with npm's record of those packages; null: nothing is installed.
 * @param {object} wanted
 * @param {object | null} installed
 */
function project(wanted, installed) {
  const root = mkdtempSync(join(tmpdir(), "project-"));
  folders.push(root);
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: { "": {}, ...wanted } }));
  if (installed) {
    mkdirSync(join(root, "node_modules"));
    const file = join(root, "node_modules", ".package-lock.json");
    writeFileSync(file, JSON.stringify({ packages: installed }));
  }
  return root;
}

const A1 = { "node_modules/a": { version: "1.0.0" } };
const A2 = { "node_modules/a": { version: "2.0.0" } };
const OTHER_SYSTEM = { "node_modules/b-darwin": { version: "1.0.0", optional: true } };

test("what the lock file says is installed: nothing to do", () => {
  expect(packagesMatch(project(A1, A1))).toBe(true);
});

test("no packages, an older one or a missing one have to be installed", () => {
  expect(packagesMatch(project(A1, null))).toBe(false);
  expect(packagesMatch(project(A2, A1))).toBe(false);
  expect(packagesMatch(project(A1, {}))).toBe(false);
});

test("packages for another system need not be there", () => {
  expect(packagesMatch(project({ ...A1, ...OTHER_SYSTEM }, A1))).toBe(true);
});

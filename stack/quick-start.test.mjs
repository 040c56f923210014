import { existsSync, globSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ROOT } from "./paths.mjs";
import { resolve } from "./quick-start.mjs";

const folder = join(ROOT, "node_modules", "drizzle-orm");
const parentURL = pathToFileURL(join(folder, "mysql-core", "table.js")).href;
const byNode = { url: "file:///by-node.js", format: "module" };
const nextResolve = () => byNode;
const context = { parentURL, conditions: ["node", "import"], importAttributes: {} };

test("a module of drizzle-orm that another one of it imports is found without Node's help", () => {
  const { url, format } = resolve("../table.js", context, nextResolve);
  expect([fileURLToPath(url), format]).toEqual([join(folder, "table.js"), "module"]);
  expect(existsSync(fileURLToPath(url))).toBe(true);
});

test.each([
  ["a package", "mysql2", {}],
  ["what a require asks for", "../table.js", { conditions: ["node", "require"] }],
  ["what our own modules import", "./x.js", { parentURL: pathToFileURL(import.meta.filename).href }],
])("%s is left to Node", (_, specifier, changes) => {
  expect(resolve(specifier, { ...context, ...changes }, nextResolve)).toBe(byNode);
});

test("every file of drizzle-orm that ends in .js is a module", () => {
  const { type } = createRequire(import.meta.url)(join(folder, "package.json"));
  expect(type).toBe("module");
  expect(globSync("**/package.json", { cwd: folder }).map(dirname)).toEqual(["."]);
});

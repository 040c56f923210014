import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./paths.mjs";

/** @param {string} script @param {string[]} args */
function call(script, args) {
  // Should it start its work after all, it is told to stop, and stops what it started.
  const path = join(ROOT, "stack", script);
  return spawnSync(process.execPath, [path, ...args], { encoding: "utf8", timeout: 20_000 });
}

test.each([["stack.mjs"], ["start.mjs"], ["test.mjs"], ["check.mjs"]])(
  "%s refuses a word it does not know with exit code 2, and says on stderr what it knows",
  (script) => {
    const { status, stdout, stderr } = call(script, ["nonsense"]);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("nonsense");
    expect(stderr).toContain("--help");
  },
);

test.each([["stack.mjs"], ["start.mjs"], ["test.mjs"], ["check.mjs"]])("%s explains itself", (script) => {
  const { status, stdout } = call(script, ["--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^npm /);
});

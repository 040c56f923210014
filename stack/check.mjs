/** `npm run check`: everything that can be said about the code without running it. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { checkMigrations } from "./check-migrations.mjs";
import { entry, refuseUnknown } from "./entry.mjs";
import { Failure, messageOf, Stopped } from "./failure.mjs";
import { ROOT, STACK_DIR } from "./paths.mjs";
import { plantViolation } from "./planted-violation.mjs";
import { say, seconds } from "./progress.mjs";
import { run } from "./run.mjs";
import { listenForStop } from "./shutdown.mjs";

const LOG = join(STACK_DIR, "logs", `check-${process.pid}.log`);
const HELP = `npm run check            run all checks
npm run check -- --help  this text

The checks: Biome (format and lint), tsc, the import rules and a planted violation of them, knip (unused code),
and migrations (drizzle-kit generate makes no difference).`;

/** @type {{ name: string, work: () => Promise<void> }[]} */
const CHECKS = [
  { name: "biome", work: () => tool("biome", ["ci", "--colors=off"]) },
  { name: "tsc", work: () => tool("tsc", ["--noEmit", "-p", "."]) },
  { name: "import rules", work: () => tool("depcruise", ["--config", ".dependency-cruiser.mjs", "."]) },
  { name: "import rules see a planted violation", work: plantViolation },
  { name: "knip", work: () => tool("knip", []) },
  { name: "migrations are up to date", work: () => checkMigrations(LOG) },
];

await entry(async () => {
  const args = process.argv.slice(2);
  refuseUnknown(args, ["--help"], HELP);
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  return (await bootstrap()) ?? check();
});

async function check() {
  listenForStop(() => {});
  /** @type {string[]} */
  const failed = [];
  try {
    for (const { name, work } of CHECKS) if (!(await succeeds(name, work))) failed.push(name);
  } finally {
    rmSync(LOG, { force: true });
  }
  const passed = CHECKS.length - failed.length;
  say(`${passed} passed, ${failed.length} failed`);
  // `npm test` adds it to its totals.
  if (process.env.CHECK_RESULT) writeFileSync(process.env.CHECK_RESULT, JSON.stringify({ passed, failed }));
  return failed.length === 0 ? 0 : 1;
}

/**
 * Runs one check and prints its result; of a failed one, everything it said.
 * @param {string} name
 * @param {() => Promise<void>} work
 */
async function succeeds(name, work) {
  rmSync(LOG, { force: true });
  const startedAt = performance.now();
  const result = (/** @type {string} */ word) =>
    say(`${word.padEnd(6)} ${name} (${seconds(performance.now() - startedAt)})`);
  try {
    await work();
    result("ok");
    return true;
  } catch (error) {
    if (error instanceof Stopped) throw error;
    result("FAILED");
    say(output());
    if (error instanceof Failure) say(error.message.split("\n")[0]);
    else say(messageOf(error));
    return false;
  }
}

function output() {
  try {
    return readFileSync(LOG, "utf8").trimEnd();
  } catch {
    return "";
  }
}

/**
 * @param {string} name
 * @param {string[]} args
 */
function tool(name, args) {
  return run(name, args, { cwd: ROOT, log: LOG });
}

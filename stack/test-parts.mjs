/** The parts of `npm test`, in the order in which they run. */
import { join } from "node:path";
import { buildPages } from "./build.mjs";
import { instanceDir, ROOT } from "./paths.mjs";
import { counted, countOfPlaywright, countOfVitest } from "./test-results.mjs";

/** Its own folder, so that it does not disturb a running `npm start`. */
export const TEST_DIST_DIR = ".next-test";
const RESULTS = join(instanceDir("test"), "results");

/**
 * @typedef {import("./test-results.mjs").Count} Count
 *
 * @typedef {object} Part
 * @property {string} name the word for `npm test -- <name>`
 * @property {string} title
 * @property {boolean} services whether it needs Redis, Kafka and MySQL
 * @property {boolean} browser whether it needs Chromium
 * @property {string} [after] the part whose result it works on
 * @property {(env: NodeJS.ProcessEnv) => Promise<Count>} run
 */

/** @type {Part[]} */
export const PARTS = [
  { name: "check", title: "Checks of the code", services: false, browser: false, run: runChecks },
  vitestPart({ name: "unit", title: "Unit tests", services: false }),
  vitestPart({ name: "services", title: "Tests on the real services", services: true }),
  { name: "build", title: "Build of the pages", services: false, browser: false, run: runBuild },
  vitestPart({ name: "system", title: "Tests of whole processes", services: true }),
  vitestPart({ name: "attacks", title: "Attacks on the front door", services: true }),
  // With the pages, so that chance meets them as well.
  { ...vitestPart({ name: "fuzz", title: "A minute of chance", services: true }), after: "build" },
  vitestPart({ name: "faults", title: "Faults under load: a dozen", services: true, only: "dozen" }),
  {
    name: "e2e",
    title: "Tests in a browser",
    services: true,
    browser: true,
    after: "build",
    run: runPlaywright,
  },
];

/** The word that asks for every fault instead of the dozen. */
export const ALL_FAULTS = "--all-faults";
const EVERY_FAULT = vitestPart({ name: "faults", title: "Faults under load: all", services: true });

/**
 * The parts of those names and what they work on, in the usual order; all of them without a name.
 * @param {string[]} words names of parts, and ALL_FAULTS
 * @returns {Part[]}
 */
export function choose(words) {
  const parts = words.includes(ALL_FAULTS)
    ? PARTS.map((part) => (part.name === EVERY_FAULT.name ? EVERY_FAULT : part))
    : PARTS;
  const names = words.filter((word) => word !== ALL_FAULTS);
  if (names.length === 0) return parts;
  const wanted = parts.filter(({ name }) => names.includes(name)).flatMap(({ name, after }) => [name, after]);
  return parts.filter(({ name }) => wanted.includes(name));
}

/**
 * @param {{ name: string, title: string, services: boolean, only?: string }} options
 *   name: also that of the vitest project; only: the tag of the tests to run, all of them without one
 * @returns {Part}
 */
function vitestPart({ name, title, services, only }) {
  const file = join(RESULTS, `${name}.json`);
  const args = [
    "run",
    "--project",
    name,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...(only ? [`--tagsFilter=${only}`] : []),
  ];
  return {
    name,
    title,
    services,
    browser: false,
    run: (env) => counted({ command: "vitest", args, env, file, count: countOfVitest }),
  };
}

/** @param {NodeJS.ProcessEnv} env */
function runPlaywright(env) {
  const file = join(RESULTS, "e2e.json");
  return counted({
    command: "playwright",
    args: ["test", "--reporter=list,json"],
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    file,
    count: countOfPlaywright,
  });
}

/** @param {NodeJS.ProcessEnv} env */
function runChecks(env) {
  const file = join(RESULTS, "check.json");
  const args = [join(ROOT, "stack", "check.mjs")];
  return counted({
    command: "node",
    args,
    env: { ...env, CHECK_RESULT: file },
    file,
    count: (result) => result,
  });
}

/** @returns {Promise<Count>} */
async function runBuild() {
  await buildPages({ distDir: TEST_DIST_DIR });
  return { passed: 1, failed: [] };
}

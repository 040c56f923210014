/** `npm test`: sets up what the tests need, runs every part, cleans up, and ends with the totals. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bootstrap } from "./bootstrap.mjs";
import { acquireChromium } from "./chromium.mjs";
import { entry, refuseUnknown } from "./entry.mjs";
import { messageOf, Stopped } from "./failure.mjs";
import { claimInstance, closeInstance, killInstance, openInstance, removeServices } from "./instance.mjs";
import { instanceDir } from "./paths.mjs";
import { notedAndAlive, sendSignal } from "./processes.mjs";
import { heading, say, seconds, step } from "./progress.mjs";
import { listenForStop } from "./shutdown.mjs";
import { ALL_FAULTS, choose, PARTS, TEST_DIST_DIR } from "./test-parts.mjs";

const INSTANCE = "test";
const NOTED = join(instanceDir(INSTANCE), "processes");
const NAMES = PARTS.map(({ name }) => name);
const HELP = `npm test                    run everything: ${NAMES.join(", ")}
npm test -- unit services   run these parts only, in the usual order; e2e builds first
npm test -- ${ALL_FAULTS}    run everything, and of the faults all instead of a dozen: up to an hour longer
npm test -- --help          this text

It sets up what it needs (npm packages, Redis, Kafka, MySQL, Chromium), with data and ports of its own, and can run
beside npm start. The last line has the totals; the exit code is 1 when anything failed.`;

/**
 * @typedef {import("./test-parts.mjs").Part} Part
 * @typedef {import("./test-results.mjs").Count & { title: string, ms: number }} Result
 */

await entry(async () => {
  const args = process.argv.slice(2);
  refuseUnknown(args, [...NAMES, ALL_FAULTS, "--help"], HELP);
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  return (await bootstrap()) ?? test(choose(args));
});

/**
 * @param {Part[]} parts
 * @returns {Promise<number>}
 */
async function test(parts) {
  listenForStop(killEverything);
  await claimInstance(INSTANCE, "stack/test.mjs");
  // Whatever starts a server from here on, in whichever process, notes it there.
  process.env.SUNCHAK_PROCESSES = NOTED;
  /** @type {Result[]} */
  const results = [];
  const startedAt = performance.now();
  try {
    const env = await setUp(parts);
    for (const part of parts) results.push(await runPart(part, env));
  } finally {
    await step("Cleaning up", cleanUp);
    results.push(endLeftovers());
  }
  return report(results, performance.now() - startedAt);
}

/**
 * The services and the browser, as far as the parts need them, as an environment.
 * @param {Part[]} parts
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function setUp(parts) {
  heading("Set-up");
  rmSync(NOTED, { recursive: true, force: true });
  mkdirSync(join(instanceDir(INSTANCE), "results"), { recursive: true });
  const addresses = parts.some(({ services }) => services)
    ? await openInstance({ name: INSTANCE, fresh: true })
    : {};
  const chromium = parts.some(({ browser }) => browser) ? { CHROMIUM_PATH: await acquireChromium() } : {};
  return { ...process.env, ...addresses, ...chromium, NEXT_DIST_DIR: TEST_DIST_DIR };
}

/**
 * Runs one part. Its failure does not keep the others from running.
 * @param {Part} part
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Result>}
 */
async function runPart({ title, run }, env) {
  heading(title);
  const startedAt = performance.now();
  const result = (/** @type {import("./test-parts.mjs").Count} */ count) => ({
    ...count,
    title,
    ms: performance.now() - startedAt,
  });
  try {
    return result(await run(env));
  } catch (error) {
    if (error instanceof Stopped) throw error;
    say(messageOf(error));
    return result({ passed: 0, failed: [messageOf(error).split("\n")[0] ?? ""] });
  }
}

async function cleanUp() {
  await closeInstance(INSTANCE);
  await removeServices(INSTANCE);
}

/**
 * The last check: of all servers and processes that were started, none is left.
 * @returns {Result}
 */
function endLeftovers() {
  const left = notedAndAlive(NOTED);
  for (const { pid, marker } of left) {
    say(`Left behind: process ${pid}, ${marker}`);
    sendSignal(pid, "SIGKILL");
  }
  rmSync(NOTED, { recursive: true, force: true });
  const failed = left.map(({ pid, marker }) => `process ${pid} was left: ${marker}`);
  return { title: "No process is left", passed: failed.length > 0 ? 0 : 1, failed, ms: 0 };
}

function killEverything() {
  killInstance(INSTANCE);
  endLeftovers();
}

/**
 * Prints the summary, each failure in a line, with the totals alone on the last line.
 * @param {Result[]} results
 * @param {number} ms
 */
function report(results, ms) {
  const passed = results.reduce((total, result) => total + result.passed, 0);
  const failures = results.flatMap(({ title, failed }) => failed.map((failure) => `${title} › ${failure}`));
  const table = results.map((result) => {
    const word = result.failed.length > 0 ? "FAILED" : "ok";
    return `${word.padEnd(7)}${result.title.padEnd(28)}${result.passed} passed, ${result.failed.length} failed, ${seconds(result.ms)}`;
  });
  const paragraphs = [
    table,
    ...(failures.length > 0 ? [failures] : []),
    [`All in all ${seconds(ms)}.`, `${passed} passed, ${failures.length} failed`],
  ];
  console.log(`\n${paragraphs.map((lines) => lines.join("\n")).join("\n\n")}`);
  return failures.length === 0 ? 0 : 1;
}

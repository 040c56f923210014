/** How the result of a part of `npm test` is read: how many tests passed, and which failed with what sentence. */
import { readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { ROOT } from "./paths.mjs";
import { runForCode } from "./run.mjs";

/** Enough to recognise a failure; the whole of it stands in the output above. */
const SENTENCE_MAX = 200;

/** @typedef {{ passed: number, failed: string[] }} Count `failed`: a line for each failure */

/**
 * Runs a command that writes its result to a file. An exit code that the result does not explain (nothing ran at
 * all) counts as one failure.
 * @param {{ command: string, args: string[], env: NodeJS.ProcessEnv, file: string, count: (result: any) => Count }} options
 * @returns {Promise<Count>}
 */
export async function counted({ command, args, env, file, count }) {
  rmSync(file, { force: true });
  const code = await runForCode(command, args, { cwd: ROOT, env });
  const { passed, failed } = read(file, count);
  const unexplained = failed.length === 0 && (code !== 0 || passed === 0);
  return { passed, failed: unexplained ? [`${command} ended with exit code ${code}`] : failed };
}

/**
 * @param {string} file
 * @param {(result: any) => Count} count
 * @returns {Count}
 */
function read(file, count) {
  try {
    return count(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return { passed: 0, failed: [] };
  }
}

/**
 * A file that failed without a failed test did not load, or one of its hooks failed.
 * @param {{ numPassedTests: number, testResults: { name: string, status: string, message: string,
 *   assertionResults: { fullName: string, status: string, failureMessages: string[] }[] }[] }} result
 * @returns {Count}
 */
export function countOfVitest({ numPassedTests, testResults }) {
  const failed = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === "failed");
    if (status === "failed" && tests.length === 0)
      return [line(relative(ROOT, name), message || "failed around its tests")];
    return tests.map(({ fullName, failureMessages }) => line(fullName, failureMessages[0]));
  });
  return { passed: numPassedTests, failed };
}

/**
 * A flaky test passed in the end; the list reporter shows that it was.
 * @typedef {{ title: string, ok: boolean, tests: { projectName: string, results: { error?: { message?: string } }[] }[] }} Spec
 * @typedef {{ specs: Spec[], suites?: Suite[] }} Suite
 * @param {{ stats: { expected: number, flaky: number }, suites: Suite[], errors: { message?: string }[] }} result
 * @returns {Count}
 */
export function countOfPlaywright({ stats, suites, errors }) {
  const failed = suites.flatMap(specsOf).flatMap(({ title, ok, tests }) => {
    if (ok) return [];
    return tests.map(({ projectName, results }) =>
      line(`[${projectName}] ${title}`, results.find(({ error }) => error)?.error?.message),
    );
  });
  return {
    passed: stats.expected + stats.flaky,
    failed: [...failed, ...errors.map(({ message }) => line("around the tests", message))],
  };
}

/**
 * @param {Suite} suite
 * @returns {Spec[]}
 */
function specsOf({ specs, suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

/**
 * @param {string} title
 * @param {string} [message]
 */
function line(title, message = "failed") {
  const first = message.split("\n")[0] ?? "";
  return `${oneLine(title)}: ${oneLine(first).slice(0, SENTENCE_MAX)}`;
}

/** @param {string} text as a test runner writes it, with colours */
function oneLine(text) {
  return text
    .replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Runs a command to its end, with its output in a log or on the terminal; ends it when we are asked to stop. */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { Failure, lastLines, Stopped } from "./failure.mjs";
import { sendSignal } from "./processes.mjs";
import { stopSignal } from "./shutdown.mjs";

const KILL_AFTER_MS = 10_000;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; ours when left out
 * @property {string} [log] a file that gets the output; the terminal gets it when left out
 * @property {AbortSignal} [signal] ends the command and everything it started; by default Ctrl-C and its like do
 */

/**
 * Runs a command and returns its exit code. It gets its own process group, so that Ctrl-C reaches only us and
 * we decide the order in which things end.
 * @param {string} file
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export async function runForCode(file, args, { cwd, env, log, signal = stopSignal } = {}) {
  if (signal.aborted) throw new Stopped("stopped");
  if (log) mkdirSync(dirname(log), { recursive: true });
  const output = log ? openSync(log, "a") : /** @type {const} */ ("inherit");
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", output, output] });
  if (typeof output === "number") closeSync(output);

  /** @type {NodeJS.Timeout | undefined} */
  let killTimer;
  const end = () => {
    if (!child.pid) return;
    const group = -child.pid;
    sendSignal(group, "SIGTERM");
    killTimer = setTimeout(() => sendSignal(group, "SIGKILL"), KILL_AFTER_MS);
  };
  const onExit = () => child.pid && sendSignal(-child.pid, "SIGKILL");
  signal.addEventListener("abort", end, { once: true });
  process.once("exit", onExit);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (exitCode, exitSignal) => resolve(exitCode ?? (exitSignal ? 128 : 1)));
    });
    if (signal.aborted) throw new Stopped("stopped");
    return code;
  } finally {
    clearTimeout(killTimer);
    signal.removeEventListener("abort", end);
    process.removeListener("exit", onExit);
  }
}

/**
 * Runs a command that has to succeed.
 * @param {string} file
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @throws {Failure} with the end of the log when the command fails or cannot be started
 */
export async function run(file, args, options = {}) {
  const shown = [file, ...args].join(" ");
  const code = await runForCode(file, args, options).catch((error) => {
    if (error instanceof Stopped) throw error;
    throw new Failure(`${shown}: ${error.message}`);
  });
  if (code === 0) return;
  const tail = options.log ? `\n${lastLines(options.log)}\n(the whole log: ${options.log})` : "";
  throw new Failure(`${shown} ended with exit code ${code}${tail}`);
}

/**
 * The output of a short command, stdout and stderr together, or null when there is no such program or it fails.
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function outputOf(file, args, env = process.env) {
  const result = spawnSync(file, args, { encoding: "utf8", env, timeout: 20_000 });
  return result.error || result.status !== 0 ? null : `${result.stdout}${result.stderr}`;
}

export function isRoot() {
  return process.getuid?.() === 0;
}

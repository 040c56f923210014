/** The product's commands, run as an operator runs them: one line of JSON on stdout, an exit code. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { ROOT } from "../../stack/paths.mjs";
import type { Env } from "./node-process.ts";

/** event:create waits up to 30 s for the gate. */
const TIMEOUT_MS = 60_000;

/**
 * @param script relative to the project
 * @returns the JSON it printed
 * @throws with everything it wrote to stderr when its exit code is not 0
 */
export async function runCommand<T>(
  script: string,
  args: string[],
  env: Env,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, env, timeout: timeoutMs });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  if (code !== 0) throw new Error(`${script} ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}

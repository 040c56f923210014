/** Runs a script of this folder as a process of its own, and reads what it has found. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../stack/run.mjs";

/**
 * `<name>-main.ts` gets the plan as JSON, and writes its result as JSON into the file `result` of the plan.
 * @param dir for its log and its report
 * @throws Failure when the script fails
 */
export async function runForResult<Result>(dir: string, name: string, plan: object): Promise<Result> {
  const script = fileURLToPath(new URL(`${name}-main.ts`, import.meta.url));
  const result = join(dir, `${name}.json`);
  rmSync(result, { force: true });
  await run(process.execPath, [script, JSON.stringify({ ...plan, result })], {
    log: join(dir, `${name}.log`),
  });
  return JSON.parse(readFileSync(result, "utf8")) as Result;
}

/** Runs the open-loop generator, and reads what it has found. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../stack/run.mjs";
import type { OpenLoad } from "./open-loop.ts";
import type { Load } from "./wrk.ts";

const SCRIPT = fileURLToPath(new URL("open-loop-main.ts", import.meta.url));

/** @param dir for its log and its report */
export async function runOpenLoop(dir: string, load: OpenLoad): Promise<Load> {
  const result = join(dir, "open-loop.json");
  rmSync(result, { force: true });
  await run(process.execPath, [SCRIPT, JSON.stringify({ ...load, result })], {
    log: join(dir, "open-loop.log"),
  });
  return JSON.parse(readFileSync(result, "utf8")) as Load;
}

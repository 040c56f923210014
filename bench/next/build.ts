/** Builds the small Next app, once in a run of the benchmark. */
import { join } from "node:path";
import { ROOT } from "../../stack/paths.mjs";
import { step } from "../../stack/progress.mjs";
import { run } from "../../stack/run.mjs";

export const NEXT_DIR = join(ROOT, "bench", "next");

let built = false;

/** @param logs the folder for its output */
export async function buildNextApp(logs: string): Promise<void> {
  if (built) return;
  await step("Next route handler: next build", () =>
    run("next", ["build", NEXT_DIR], {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: "production" },
      log: join(logs, "next-build.log"),
    }),
  );
  built = true;
}

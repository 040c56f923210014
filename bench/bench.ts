/** One run: services of its own, the parts that were asked for, tables, JSON and charts. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf, Stopped } from "../stack/failure.mjs";
import {
  claimInstance,
  closeInstance,
  killInstance,
  openInstance,
  removeServices,
} from "../stack/instance.mjs";
import { instanceDir, ROOT } from "../stack/paths.mjs";
import { heading, say, seconds, step } from "../stack/progress.mjs";
import { run } from "../stack/run.mjs";
import { listenForStop } from "../stack/shutdown.mjs";
import type { BenchArguments } from "./arguments.mjs";
import { type Bench, INSTANCE, openBench } from "./context.ts";
import { writeResults } from "./lib/report.ts";
import type { PartResult } from "./lib/result.ts";
import { tableOf } from "./lib/table.ts";
import { ratiosOf, ratiosText } from "./lib/targets.ts";
import { parts } from "./parts/index.ts";

/** Its own, always: the benchmark needs the process ids of the services, and fills them with millions of rows. */
const SERVICE_VARIABLES = ["REDIS_URL", "KAFKA_BROKERS", "DATABASE_URL"];

/** @returns the exit code: 1 when a part failed, or when the audit of ours was not clean */
export async function bench(settings: BenchArguments): Promise<number> {
  for (const variable of SERVICE_VARIABLES) delete process.env[variable];
  listenForStop(() => killInstance(INSTANCE));
  await claimInstance(INSTANCE, "bench/run.mjs");
  const cleanUp = new AsyncDisposableStack();
  const startedAt = performance.now();
  try {
    const opened = await setUp(settings, cleanUp);
    const { results, failed } = await runParts(opened);
    writeResults(results, settings);
    console.log(`\n${ratiosText(ratiosOf(results))}`);
    say(`All in all ${seconds(performance.now() - startedAt)}.`);
    return failed.length === 0 && isClean(results) ? 0 : 1;
  } finally {
    await step("Cleaning up", async () => {
      await cleanUp.disposeAsync().catch((error) => say(messageOf(error)));
      await closeInstance(INSTANCE);
      await removeServices(INSTANCE);
    });
  }
}

async function setUp(settings: BenchArguments, cleanUp: AsyncDisposableStack): Promise<Bench> {
  heading("Set-up");
  const dir = instanceDir(INSTANCE);
  rmSync(join(dir, "logs"), { recursive: true, force: true });
  const addresses = await openInstance({ name: INSTANCE, fresh: true });
  await step("Tables: migrating", () =>
    run(process.execPath, [join(ROOT, "commands/migrate.ts")], {
      cwd: ROOT,
      env: { ...process.env, ...addresses },
      log: join(dir, "logs", "set-up.log"),
    }),
  );
  return await openBench(settings, addresses, cleanUp);
}

/** A part that fails does not keep the others from running. */
async function runParts(opened: Bench): Promise<{ results: PartResult[]; failed: string[] }> {
  const results: PartResult[] = [];
  const failed: string[] = [];
  for (const name of opened.settings.parts) {
    heading(name);
    const startedAt = performance.now();
    try {
      const result = await parts[name](opened);
      results.push(result);
      console.log(`\n${tableOf(result)}`);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      failed.push(name);
      say(`${name} failed: ${messageOf(error)}`);
    }
    say(`${name}: ${seconds(performance.now() - startedAt)}`);
  }
  return { results, failed };
}

function isClean(results: readonly PartResult[]): boolean {
  const ours = results.flatMap(({ rows }) => rows).filter(({ isOurs }) => isOurs);
  return ours.every(({ problems }) => problems.length === 0);
}

/** Runs the process that writes into the log, and reads what it has managed. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../stack/run.mjs";

const SCRIPT = fileURLToPath(new URL("log-writer-main.ts", import.meta.url));

export type WriterPlan = {
  how: "hand-off" | "one-each" | "one-each-by-our-driver";
  brokers: string;
  topic: string;
  partitions: number;
  /** callers, each waiting for its acknowledgement */
  atOnce: number;
  seconds: number;
  kafkaPids: readonly number[];
  /** the file for what was written */
  result: string;
};

/** CPU in seconds: of the writer itself, and of Kafka while it wrote. */
export type Written = { records: number; seconds: number; ownCpu: number; brokerCpu: number };

/** @param dir for its log and its report */
export async function runLogWriter(dir: string, plan: Omit<WriterPlan, "result">): Promise<Written> {
  const result = join(dir, "log-writer.json");
  rmSync(result, { force: true });
  await run(process.execPath, [SCRIPT, JSON.stringify({ ...plan, result })], {
    log: join(dir, "log-writer.log"),
  });
  return JSON.parse(readFileSync(result, "utf8")) as Written;
}

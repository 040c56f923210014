/** Runs the process that writes into the log, and reads what it has managed. */
import { runForResult } from "./run-for-result.ts";

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
export function runLogWriter(dir: string, plan: Omit<WriterPlan, "result">): Promise<Written> {
  return runForResult(dir, "log-writer", plan);
}

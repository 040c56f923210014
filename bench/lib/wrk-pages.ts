/** Closed-loop load on one page: the same GET again and again. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { runWrkScript, type WrkProgram } from "./wrk.ts";

const SCRIPT = fileURLToPath(new URL("wrk-page.lua", import.meta.url));

const report = z.object({
  requests: z.int(),
  microseconds: z.number(),
  bytes: z.number(),
  refused: z.int(),
  socketErrors: z.int(),
  p99Us: z.number(),
});

export type PageLoad = {
  pages: number;
  seconds: number;
  p99Ms: number;
  /** of an answer, with its headers */
  bytesEach: number;
  /** answers of 400 and above, and those that did not come */
  failed: number;
};

/** Runs wrk to its end. @param options.dir for its log and its report */
export async function runPageWrk(
  program: WrkProgram,
  options: {
    url: string;
    headers: Record<string, string>;
    seconds: number;
    connections: number;
    dir: string;
  },
): Promise<PageLoad> {
  return parsePageReport(await runWrkScript(program, { ...options, script: SCRIPT, env: {} }));
}

/** What wrk-page.lua has written. @throws ZodError */
export function parsePageReport(text: string): PageLoad {
  const { requests, microseconds, bytes, refused, socketErrors, p99Us } = report.parse(JSON.parse(text));
  return {
    pages: requests - refused,
    seconds: microseconds / 1_000_000,
    p99Ms: p99Us / 1000,
    bytesEach: bytes / Math.max(1, requests),
    failed: refused + socketErrors,
  };
}

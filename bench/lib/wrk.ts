/** Closed-loop load by wrk: a fixed number of connections, each of which sends its next request when it has an answer. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { distribution, unpackPackages } from "../../stack/apt.mjs";
import { cached } from "../../stack/cache.mjs";
import { outputOf, run } from "../../stack/run.mjs";
import { libraryEnv } from "../../stack/services/library-env.mjs";

const SCRIPT = fileURLToPath(new URL("wrk.lua", import.meta.url));
export const CLAIM_PATH = "/api/trpc/coupon.claim";

export type WrkProgram = { file: string; env: NodeJS.ProcessEnv };

const report = z.object({
  requests: z.int(),
  microseconds: z.number(),
  socketErrors: z.int(),
  p50Us: z.number(),
  p99Us: z.number(),
  answers: z.object({
    won: z.int(),
    repeated: z.int(),
    sold_out: z.int(),
    pending: z.int(),
    unavailable: z.int(),
    echoed: z.int(),
    failed: z.int(),
  }),
  ranks: z.array(z.int()),
});

export type Load = {
  requests: number;
  seconds: number;
  answers: z.infer<typeof report>["answers"] & { socketErrors: number };
  p50Ms: number;
  p99Ms: number;
  /** of the answers "won" that were no repeats */
  ranks: number[];
};

export type LoadOptions = {
  port: number;
  seconds: number;
  connections: number;
  eventId: number;
  /** each `every`th request goes to this event instead */
  other?: { eventId: number; every: number };
  /** whose cookies stand in the file, one in a line; the users from `first` on, and again from there after `count` */
  users: { file: string; first: number; count: number };
};

/** From PATH, or unpacked from the distribution's package. @throws Failure when there is none and no apt-get either */
export async function acquireWrk(): Promise<WrkProgram> {
  // Asked for its version, wrk prints it and fails.
  if (outputOf("which", ["wrk"]) !== null) return { file: "wrk", env: process.env };
  const { id, version } = distribution();
  const folder = await cached({
    name: `wrk-${id}-${version}-${process.arch}`,
    title: "wrk: fetching the distribution's package (once)",
    build: (root) => unpackPackages({ packages: ["wrk"], root, from: "distribution" }),
  });
  return { file: join(folder, "usr/bin/wrk"), env: libraryEnv(folder) };
}

/** Runs it to its end. @param options.dir for its log and its report */
export async function runWrk(program: WrkProgram, options: LoadOptions & { dir: string }): Promise<Load> {
  const { port, seconds, connections, eventId, other, users, dir } = options;
  const text = await runWrkScript(program, {
    ...{ url: `http://127.0.0.1:${port}${CLAIM_PATH}`, script: SCRIPT, seconds, connections, dir },
    env: {
      BENCH_COOKIES: users.file,
      BENCH_FIRST_USER: String(users.first),
      BENCH_USERS: String(users.count),
      BENCH_EVENT: String(eventId),
      ...(other && { BENCH_OTHER_EVENT: String(other.eventId), BENCH_OTHER_EVERY: String(other.every) }),
    },
  });
  return parseReport(text);
}

/** Runs it to its end with one of our scripts. @returns what the script has written to the file BENCH_RESULT */
export async function runWrkScript(
  program: WrkProgram,
  options: {
    url: string;
    script: string;
    seconds: number;
    connections: number;
    headers?: Record<string, string>;
    env: Record<string, string>;
    dir: string;
  },
): Promise<string> {
  const { url, script, seconds, connections, headers = {}, env, dir } = options;
  const result = join(dir, "wrk.json");
  rmSync(result, { force: true });
  // One thread is enough for anything that Node answers, and leaves the other core to it.
  const load = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s"];
  const lines = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  await run(program.file, [...load, ...lines, "-s", script, url], {
    env: { ...program.env, ...env, BENCH_RESULT: result },
    log: join(dir, "wrk.log"),
  });
  return readFileSync(result, "utf8");
}

/** What wrk.lua has written. @throws ZodError */
export function parseReport(text: string): Load {
  const { requests, microseconds, socketErrors, p50Us, p99Us, answers, ranks } = report.parse(
    JSON.parse(text),
  );
  return {
    requests,
    seconds: microseconds / 1_000_000,
    answers: { ...answers, socketErrors },
    p50Ms: p50Us / 1000,
    p99Ms: p99Us / 1000,
    ranks,
  };
}

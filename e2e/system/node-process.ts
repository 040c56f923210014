/** One web or worker process: started as an operator would, known by its pid, its log and its /readyz. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../stack/paths.mjs";
import { isAlive, noteProcess, sendSignal } from "../../stack/processes.mjs";
import { until } from "./until.ts";

/** On two busy cores the start of Next takes a few seconds. */
const READY_TIMEOUT_MS = 60_000;
/** The processes give themselves 15 s to stop well. */
const EXIT_TIMEOUT_MS = 20_000;
const LOG_TAIL_LINES = 40;
/** A line may hold a whole stack and the text of a query. */
const LOG_LINE_LENGTH = 400;

/** A whole environment, not an addition to ours. */
export type Env = { NODE_ENV: "production"; [name: string]: string };

export type NodeProcess = {
  name: string;
  /** Resolves when /readyz says 200. */
  start(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** The exit code, or the name of the signal that ended it. Rejects when it does not end in time. */
  exit(): Promise<number | string>;
  /** SIGTERM, and SIGKILL for one that does not obey; nothing happens when it is not running. */
  stop(): Promise<void>;
  /** Undefined while it is not running. */
  pid(): number | undefined;
  /** Everything it wrote. */
  log(): string;
  /** The end of that, with long lines cut off. */
  logTail(): string;
  isRunning(): boolean;
};

const running = new Set<NodeProcess>();
process.once("exit", () => {
  for (const left of running) left.signal("SIGKILL");
});

/**
 * @param options.entry the script, relative to the project
 * @param options.preload a module that runs before the script
 */
export function nodeProcess(options: {
  name: string;
  entry: string;
  env: Env;
  readyUrl: string;
  logFile: string;
  preload?: string;
}): NodeProcess {
  const { name, entry, env, readyUrl, logFile, preload } = options;
  let child: ChildProcess | null = null;
  let ended: Promise<number | string> = Promise.resolve(0);

  function spawnChild(): ChildProcess {
    const log = openSync(logFile, "a");
    const args = [...(preload ? ["--import", preload] : []), join(ROOT, entry)];
    const spawned = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", log, log] });
    closeSync(log);
    ended = new Promise((resolve, reject) => {
      spawned.once("error", reject);
      spawned.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
    });
    ended.then(
      () => running.delete(self),
      () => running.delete(self),
    );
    if (spawned.pid) noteProcess({ pid: spawned.pid, marker: entry });
    return spawned;
  }

  const alive = () => child?.pid !== undefined && child.exitCode === null && isAlive(child.pid);

  const self: NodeProcess = {
    name,
    isRunning: alive,
    pid: () => (alive() ? child?.pid : undefined),
    async start() {
      if (alive()) return;
      child = spawnChild();
      running.add(self);
      await until(
        `${name} to be ready`,
        async () => !alive() || (await fetch(readyUrl, { signal: AbortSignal.timeout(2000) })).status === 200,
        { timeoutMs: READY_TIMEOUT_MS },
      );
      if (!alive()) throw new Error(`${name} ended while starting:\n${self.logTail()}`);
    },
    signal(signal) {
      if (alive() && child?.pid) sendSignal(child.pid, signal);
    },
    async exit() {
      const timeout = AbortSignal.timeout(EXIT_TIMEOUT_MS);
      return await Promise.race([
        ended,
        new Promise<never>((_, reject) => {
          timeout.addEventListener("abort", () =>
            reject(new Error(`${name} did not end in ${EXIT_TIMEOUT_MS} ms:\n${self.logTail()}`)),
          );
        }),
      ]);
    },
    async stop() {
      if (!alive()) return;
      self.signal("SIGTERM");
      self.signal("SIGCONT"); // one that a test has frozen cannot obey
      await self.exit().catch(async () => {
        self.signal("SIGKILL");
        await ended;
      });
    },
    log: () => (existsSync(logFile) ? readFileSync(logFile, "utf8") : "(no log)"),
    logTail() {
      const lines = self.log().trimEnd().split("\n").slice(-LOG_TAIL_LINES);
      return lines.map((line) => line.slice(0, LOG_LINE_LENGTH)).join("\n");
    },
  };
  return self;
}

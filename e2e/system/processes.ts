/** The web and worker processes of one world: their names, ports and environments. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { CACHE_DIR } from "../../stack/paths.mjs";
import { freePort } from "../../stack/ports.mjs";
import { type Env, type NodeProcess, nodeProcess } from "./node-process.ts";

/** Short, so that a rebuild takes two seconds; long enough that a busy machine does not lose it. */
const EPOCH_LEASE_MS = 1500;
const QUICK_START = new URL("../../stack/quick-start.mjs", import.meta.url).href;

/**
 * The tests start some two hundred processes; loading the same modules is most of what each of them does.
 * @param more options of a world beside these
 */
function nodeOptions(...more: string[]): string {
  return [`--import=${QUICK_START}`, ...more].join(" ");
}

const MIB = 1024 * 1024;

/**
 * A world whose processes keep little. On a large machine V8 lets garbage grow for as long as it likes, so resident
 * memory tells nothing; with this limit it has to be collected, and a process that kept what it was sent would end.
 * @param heapMib of what lives long
 */
export function smallHeap(heapMib: number): { env: Record<string, string>; residentMaxBytes: number } {
  // Code, buffers and what lives shortly take as much again at most.
  return {
    env: { NODE_OPTIONS: nodeOptions(`--max-old-space-size=${heapMib}`) },
    residentMaxBytes: 2 * heapMib * MIB,
  };
}

/** What the process holds of the machine's memory. */
export function residentBytes(pid: number): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
}

/** Nothing of the caller's environment but what a program needs to run at all. */
export function baseEnv(): Env {
  const { PATH = "", HOME = "" } = process.env;
  return {
    PATH,
    HOME,
    NODE_ENV: "production",
    NODE_OPTIONS: nodeOptions(),
    NODE_COMPILE_CACHE: join(CACHE_DIR, "node-compile"),
    PAGES: "none",
    AUTH_MODE: "demo",
    ALLOW_DEMO_IN_PRODUCTION: "yes",
    SESSION_KEYS: "a-key-that-only-these-tests-know-0001",
    CLAIM_RATE_PER_USER: "0",
    EPOCH_LEASE_MS: String(EPOCH_LEASE_MS),
    STOP_GRACE_MS: "300",
  };
}

export type ProcessPlan = {
  name: string;
  kind: "web" | "worker";
  /** by how much its wall clock is wrong */
  clockErrorMs: number;
};

/** "web-0", "web-1" …, "worker", and for each spare one "worker-1" … */
export function planProcesses(options: {
  webs?: number;
  spareWorkers?: number;
  clockErrorMs?: { webs: number[]; worker: number };
}): ProcessPlan[] {
  const { webs = 2, spareWorkers = 0, clockErrorMs } = options;
  return [
    ...Array.from({ length: webs }, (_, index): ProcessPlan => {
      return { name: `web-${index}`, kind: "web", clockErrorMs: clockErrorMs?.webs[index] ?? 0 };
    }),
    ...Array.from({ length: 1 + spareWorkers }, (_, index): ProcessPlan => {
      const name = index === 0 ? "worker" : `worker-${index}`;
      return { name, kind: "worker", clockErrorMs: clockErrorMs?.worker ?? 0 };
    }),
  ];
}

/** `operators`: where its metrics are, beside what the public sees at `base` */
export type PlannedProcess = {
  kind: "web" | "worker";
  process: NodeProcess;
  base: string;
  operators: string;
};

/** Creates one process, without starting it. */
export async function createProcess(
  options: ProcessPlan & { dir: string; env: Env },
): Promise<PlannedProcess> {
  const { name, kind, dir, clockErrorMs } = options;
  const [port, metricsPort] = [await freePort(), await freePort()];
  const ports = {
    [kind === "web" ? "PORT" : "WORKER_PORT"]: String(port),
    METRICS_PORT: String(metricsPort),
  };
  const process = nodeProcess({
    name,
    entry: kind === "web" ? "server/main.ts" : "worker/main.ts",
    env: { ...options.env, ...ports, CLOCK_ERROR_MS: String(clockErrorMs) },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    logFile: join(dir, `${name}.log`),
    ...(clockErrorMs === 0 ? {} : { preload: new URL("wrong-clock.mjs", import.meta.url).href }),
  });
  const at = (its: number) => `http://127.0.0.1:${its}`;
  return { kind, process, base: at(port), operators: at(kind === "web" ? metricsPort : port) };
}

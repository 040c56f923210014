/** CPU seconds of processes, from /proc: user and system time of all their threads, and of children that have ended. */
import { readFileSync } from "node:fs";
import { outputOf } from "../../stack/run.mjs";

/** The processes that a figure is split by; "generator" is whatever makes the load. */
export const groups = ["web", "worker", "redis", "kafka", "mysql", "generator"] as const;
export type Group = (typeof groups)[number];
export type Pids = Partial<Record<Group, readonly number[]>>;
/** Seconds of each group. */
export type Cpu = Record<Group, number>;

const TICKS_PER_SECOND = Number(outputOf("getconf", ["CLK_TCK"]) ?? 100);

/** Starts counting. @returns a function that says what each group has used since */
export function startCpu(pids: Pids): () => Cpu {
  const atStart = read(pids);
  return () => {
    const atEnd = read(pids);
    const used = groups.map((group) => [group, atEnd[group] - atStart[group]]);
    return Object.fromEntries(used) as Cpu;
  };
}

function read(pids: Pids): Cpu {
  const seconds = groups.map((group) => {
    // What this process has spent on programs that it ran and saw end: wrk is one of them.
    const own = group === "generator" ? endedChildren(process.pid) : 0;
    return [group, own + sum((pids[group] ?? []).map(secondsOf))];
  });
  return Object.fromEntries(seconds) as Cpu;
}

/** 0 for a process that is gone: what it used before is then lost to us. */
function secondsOf(pid: number): number {
  const stat = statOf(pid);
  return stat === null ? 0 : (stat.own + stat.children) / TICKS_PER_SECOND;
}

function endedChildren(pid: number): number {
  return (statOf(pid)?.children ?? 0) / TICKS_PER_SECOND;
}

function statOf(pid: number) {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null;
  }
}

/**
 * Fields 14 to 17 of `proc_pid_stat(5)`, in clock ticks. The name of the program stands in parentheses before them and
 * may itself hold spaces and parentheses.
 */
export function parseStat(text: string): { own: number; children: number } {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system, childrenUser, childrenSystem] = fields.slice(11, 15).map(Number);
  return {
    own: (user ?? Number.NaN) + (system ?? Number.NaN),
    children: (childrenUser ?? Number.NaN) + (childrenSystem ?? Number.NaN),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Milliseconds of CPU of everything but the generator, for a thousand of `count`. */
export function cpuMsPerThousand(cpu: Cpu, count: number): number {
  const product = sum(groups.filter((group) => group !== "generator").map((group) => cpu[group]));
  return count === 0 ? 0 : (product * 1_000_000) / count;
}

/** The product's commands, run against the product that the browser tests are looking at. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Env } from "../system/node-process.ts";
import type { Order, Outcome } from "./command-desk.ts";
import { COMMAND_ENV } from "./set-up.ts";

export type EventView = { id: number; displayName: string; issueLimit: number; state: string };
export type Options = Record<string, string | number>;

/** Resolves when the event's gate is open. */
export function createEvent(options: Options): Promise<EventView> {
  return run("commands/event-create.ts", argumentsOf(options));
}

/** Resolves when the gate obeys. */
export function setEvent(id: number, options: Options): Promise<EventView> {
  return run("commands/event-set.ts", argumentsOf({ event: id, ...options }));
}

/** Its claims must be over. */
export function archiveEvent(id: number): Promise<unknown> {
  return run("commands/event-archive.ts", argumentsOf({ event: id }));
}

/** Begins a new epoch of the gate; resolves when every event is open again. */
export function rebuildGate(): Promise<unknown> {
  return run("commands/gate.ts", ["rebuild"]);
}

function argumentsOf(options: Options): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

let desk: ChildProcess | null = null;
/** One command at a time: they share the arguments and the output of a process. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * @returns the JSON it printed
 * @throws with everything it wrote to stderr when its exit code is not 0
 */
function run<T>(script: string, args: string[]): Promise<T> {
  const result = turn.then(() => ask({ script, args }));
  turn = result.catch(() => {});
  return result.then(({ code, stdout, stderr }) => {
    if (code !== 0) throw new Error(`${script} ${args.join(" ")} ended with ${code}:\n${stderr}`);
    return JSON.parse(stdout) as T;
  });
}

async function ask(order: Order): Promise<Outcome> {
  desk ??= openDesk();
  const end = new AbortController();
  const { signal } = end;
  const answer = once(desk, "message", { signal });
  const ended = once(desk, "exit", { signal }).then(([code]) => {
    desk = null;
    throw new Error(`the process that runs the commands ended with ${code}`);
  });
  desk.send(order);
  try {
    const [outcome] = await Promise.race([answer, ended]);
    return outcome;
  } finally {
    ended.catch(() => {});
    answer.catch(() => {});
    end.abort();
  }
}

/** It ends with this process, whose end of the channel closes then. */
function openDesk(): ChildProcess {
  const opened = fork(fileURLToPath(new URL("command-desk.ts", import.meta.url)), {
    env: env(),
    execArgv: [],
  });
  opened.unref();
  opened.channel?.unref();
  return opened;
}

/** Of the product that the set-up started; for one that runs elsewhere, our own environment has to lead to it. */
function env(): Env {
  const given = process.env[COMMAND_ENV];
  return given ? JSON.parse(given) : (process.env as Env);
}

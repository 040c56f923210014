/** The product's commands, run against the product that the browser tests are looking at. */
import { runCommand } from "../system/command.ts";
import type { Env } from "../system/node-process.ts";
import { COMMAND_ENV } from "./set-up.ts";

export type EventView = { id: number; displayName: string; issueLimit: number; state: string };
export type Options = Record<string, string | number>;

/** Resolves when the event's gate is open. */
export function createEvent(options: Options): Promise<EventView> {
  return runCommand("commands/event-create.ts", argumentsOf(options), env());
}

/** Resolves when the gate obeys. */
export function setEvent(id: number, options: Options): Promise<EventView> {
  return runCommand("commands/event-set.ts", argumentsOf({ event: id, ...options }), env());
}

/** Its claims must be over. */
export function archiveEvent(id: number): Promise<unknown> {
  return runCommand("commands/event-archive.ts", argumentsOf({ event: id }), env());
}

/** Begins a new epoch of the gate; resolves when every event is open again. */
export function rebuildGate(): Promise<unknown> {
  return runCommand("commands/gate.ts", ["rebuild"], env());
}

function argumentsOf(options: Options): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** Of the product that the set-up started; for one that runs elsewhere, our own environment has to lead to it. */
function env(): Env {
  const given = process.env[COMMAND_ENV];
  return given ? JSON.parse(given) : (process.env as Env);
}

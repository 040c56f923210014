/**
 * One call of one script by its SHA, and what its failure means. Never EVAL: an unknown SHA is how a Redis that
 * may have forgotten something gives itself away.
 */
import { ReplyError } from "ioredis";
import { type Fenced, NotSentError } from "#server/coupon/ports";
import type { RedisClient } from "./client.ts";
import { eventKeys } from "./keys.ts";
import { type ScriptName, scriptsOf } from "./scripts.ts";

/** A flat array of integers and strings, or one of them: all that a script answers. */
export type Reply = number | string | (number | string)[];

export type ScriptCall = {
  script: ScriptName;
  epoch: number;
  eventId: number;
  args: readonly (string | number)[];
};

/**
 * Runs the script on the master of the event's keys.
 * @throws NotSentError when the script certainly did not run; any other error when it may have
 */
export async function runScript<T extends Reply>(client: RedisClient, call: ScriptCall): Promise<Fenced<T>> {
  // Asked beforehand, because a closed client words its refusal like the loss of a command that was on its way.
  if (client.status !== "ready") throw new NotSentError(`Redis is not connected (${client.status})`);
  const keys = eventKeys(call.eventId);
  const { sha } = scriptsOf(call.epoch)[call.script];
  try {
    const reply = (await client.evalsha(sha, keys.length, ...keys, ...call.args)) as T | "FENCE";
    return reply === "FENCE" ? { fenced: true, reason: "fence" } : { fenced: false, value: reply };
  } catch (cause) {
    if (isReply(cause, ["NOSCRIPT"])) return { fenced: true, reason: "no_script" };
    if (isWrongType(cause)) return { fenced: true, reason: "fence" };
    const what = `${call.script} of event ${call.eventId} in epoch ${call.epoch}`;
    if (didNotRun(cause)) throw new NotSentError(`${what} was not run`, { cause });
    throw new Error(`${what}: the outcome is unknown`, { cause });
  }
}

/** What ioredis says before it writes a command (read in its sendCommand, for one server and for a cluster). */
const REFUSED_BY_CLIENT = [
  "Stream isn't writeable and enableOfflineQueue options is false",
  "Cluster isn't ready and enableOfflineQueue options is false",
];

/** What Redis answers before it starts a script. */
const REFUSED_BY_SERVER = ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOAUTH", "NOPERM"];

/**
 * `MaxRetriesPerRequestError`, "Connection is closed." and "Command timed out" are left out on purpose: ioredis
 * says so of commands that were written and have no reply yet.
 */
function didNotRun(error: unknown): boolean {
  if (isReply(error, REFUSED_BY_SERVER)) return true;
  return error instanceof Error && REFUSED_BY_CLIENT.includes(error.message);
}

/**
 * A key of the event is not what it should be. Every fence looks at all four of them before its script writes anything,
 * and so does begin.lua for those of a rebuild.
 */
function isWrongType(error: unknown): boolean {
  return error instanceof ReplyError && (error as Error).message.startsWith("WRONGTYPE ");
}

/** Errors raised inside a script name the script at their end; those do not count as refusals. */
function isReply(error: unknown, codes: readonly string[]): boolean {
  if (!(error instanceof ReplyError)) return false;
  const { message } = error as Error;
  return codes.includes(message.split(" ", 1)[0] ?? "") && !message.includes(" script: ");
}

/** @throws RangeError for more than `max` users, or one twice: the scripts rely on both. */
export function checkUsers(userIds: readonly string[], max: number): void {
  if (userIds.length > max) throw new RangeError(`${userIds.length} users in one call, at most ${max}`);
  if (new Set(userIds).size !== userIds.length) throw new RangeError("a user stands twice in one call");
}

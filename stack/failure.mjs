/** Failures that the user can act on: shown as one message, without a stack trace. */
import { readFileSync } from "node:fs";

/** A failure whose message is all the user needs. */
export class Failure extends Error {
  /** @override */
  name = "Failure";
}

/** Wrong arguments on a command line: exit code 2. */
export class UsageError extends Failure {
  /** @override */
  name = "UsageError";
}

/** Somebody asked us to stop while a step was running. */
export class Stopped extends Error {
  /** @override */
  name = "Stopped";
}

/**
 * The last lines of a log, or "" when there is none: what a person looks at first after a failure.
 * @param {string} file
 * @param {number} [lines]
 */
export function lastLines(file, lines = 20) {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}

/**
 * The text a person sees: the message of a Failure, the stack of anything that is a bug.
 * @param {unknown} error
 */
export function messageOf(error) {
  if (error instanceof Failure || error instanceof Stopped) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * The exit code for an error that ends an entry point.
 * @param {unknown} error
 */
export function exitCodeOf(error) {
  return error instanceof UsageError ? 2 : 1;
}

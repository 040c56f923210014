/** What every command has in common: help, one line of JSON on stdout, all else on stderr, exit codes 0, 1 and 2. */
import { debuglog } from "node:util";
import { EnvError } from "#server/env";
import { printable } from "./printable.ts";
import { UsageError } from "./usage.ts";

/** NODE_DEBUG=sunchak shows the stacks of errors, for developers. */
const debug = debuglog("sunchak");

/** The command did what it could and fell short; the sentence says what is so now and what to do. */
export class CommandError extends Error {
  override name = "CommandError";
}

/**
 * Runs the command with the arguments of this process and sets its exit code.
 * @param command.run returns the object to print, and exit code 1 with it when the result falls short
 */
export async function runCommand(command: {
  help: string;
  run: (args: string[]) => Promise<{ result: object; fallsShort?: boolean }>;
}): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(command.help);
    return;
  }
  try {
    const { result, fallsShort = false } = await command.run(args);
    console.log(printable(JSON.stringify(result)));
    process.exitCode = fallsShort ? 1 : 0;
  } catch (error) {
    process.exitCode = explain(error);
  }
  // Drivers may still try something that nobody waits for any more.
  process.exit();
}

/** @returns the exit code */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`${error.message}\nWith --help: all options.`);
    return 2;
  }
  if (error instanceof EnvError) {
    for (const problem of error.problems) console.error(problem);
    console.error("Start the product with `npm start`, or set these variables.");
  } else if (error instanceof CommandError) console.error(error.message);
  else {
    console.error(`It failed: ${innermost(error)}`);
    debug("%o", error);
  }
  return 1;
}

/** For a service without which the command can do nothing. */
export function cannotBeUsed(service: "Redis" | "Kafka" | "MySQL", error: unknown): CommandError {
  return new CommandError(
    `${service} cannot be used (${innermost(error)}): start the product with \`npm start\``,
  );
}

/** What a driver said, under what its callers said about it. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : innermost(error.cause);
}

/** How every entry point ends: a result, a sentence for a person, or a stack trace for a bug. */
import { exitCodeOf, messageOf, Stopped, UsageError } from "./failure.mjs";
import { say } from "./progress.mjs";

/**
 * Runs an entry point and sets the exit code: what it returns, 130 when it was stopped, 2 for wrong arguments,
 * 1 for anything else that went wrong.
 * @param {() => Promise<number>} main
 */
export async function entry(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Stopped)) say(messageOf(error));
    process.exitCode = error instanceof Stopped ? 130 : exitCodeOf(error);
  }
}

/**
 * Checks the words of a command line.
 * @param {string[]} args
 * @param {string[]} known
 * @param {string} help the text that says how to call it
 * @throws {UsageError} for a word that is not known
 */
export function refuseUnknown(args, known, help) {
  const unknown = args.filter((arg) => !known.includes(arg));
  if (unknown.length > 0) throw new UsageError(`Unknown: ${unknown.join(" ")}\n\n${help}`);
}

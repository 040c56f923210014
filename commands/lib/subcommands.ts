/** A command of several words, such as `npm run failed -- list`: the first word chooses what is run. */
import { runCommand } from "./run-command.ts";
import { UsageError } from "./usage.ts";

/** Gets the arguments behind its own word. */
export type Subcommand = (args: string[]) => Promise<{ result: object; fallsShort?: boolean }>;

/**
 * Runs the subcommand that the first argument of this process names, and sets the exit code as `runCommand` does.
 * `--help` anywhere prints the one help that they share.
 */
export function runSubcommands(command: {
  help: string;
  commands: Readonly<Record<string, Subcommand>>;
}): Promise<void> {
  return runCommand({
    help: command.help,
    run: async (args) => chooseSubcommand(command.commands, args[0])(args.slice(1)),
  });
}

/** @throws UsageError when the word is missing, or is none of the table's */
export function chooseSubcommand(
  commands: Readonly<Record<string, Subcommand>>,
  word: string | undefined,
): Subcommand {
  const words = Object.keys(commands).join(", ");
  if (word === undefined || word.startsWith("-")) throw new UsageError(`say what to do first: ${words}`);
  // Only the table's own words: "constructor" is none of them.
  const chosen = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (!chosen) throw new UsageError(`"${word}" must be one of ${words}`);
  return chosen;
}

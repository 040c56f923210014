/** Wrong arguments: whoever typed the command can put them right, so they get a sentence and exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The options of a command: node:util reads them, and each value is checked with a sentence of its own. */
import { parseArgs } from "node:util";
import { UsageError } from "./usage.ts";

type Kinds = Record<string, keyof KindValues>;
type KindValues = { one: string; many: string[]; flag: true };
type Values<K extends Kinds> = { [N in keyof K]?: KindValues[K[N]] };

/**
 * @param kinds every option that the command knows: whether it may be given several times, or takes no value
 * @throws UsageError for an unknown option, a missing value, one given twice, or a stray word
 */
export function readOptions<const K extends Kinds>(args: readonly string[], kinds: K): Values<K> {
  // All of them may repeat for parseArgs, which would silently take the last one otherwise.
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => {
      const type: "boolean" | "string" = kind === "flag" ? "boolean" : "string";
      return [name, { type, multiple: true }];
    }),
  );
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }));
  } catch (error) {
    throw new UsageError(sentenceOf(error));
  }
  const read: Record<string, string | string[] | true> = {};
  for (const [name, given] of Object.entries(values as Record<string, string[]>)) {
    if (kinds[name] === "one" && given.length > 1) throw new UsageError(`--${name} was given twice`);
    if (kinds[name] === "flag") read[name] = true;
    else read[name] = kinds[name] === "many" ? given : (given[0] as string);
  }
  return read as Values<K>;
}

/** The same as parseArgs says, without its advice for programmers. */
function sentenceOf(error: unknown): string {
  const { code, message } = error as Error & { code?: string };
  const [option = "an option"] = /--[^\s'=<]+/.exec(message) ?? [];
  switch (code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION":
      return `there is no option ${/'(-[^']*)'/.exec(message)?.[1] ?? option}`;
    case "ERR_PARSE_ARGS_INVALID_OPTION_VALUE":
      if (message.includes("does not take an argument")) return `${option} takes no value`;
      return `${option} needs a value; one that begins with "-" is written as ${option}=-…`;
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL":
      return `"${/'([^']*)'/.exec(message)?.[1]}" belongs to no option`;
    default:
      return message;
  }
}

/** @throws UsageError when the option is missing */
export function required(option: string, text: string | undefined): string {
  if (text === undefined) throw new UsageError(`${option} is missing`);
  return text;
}

/** @throws UsageError unless the text is a whole number, written in digits only, within the bounds */
export function wholeNumber(option: string, text: string, bounds: { min: number; max: number }): number {
  const { min, max } = bounds;
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new UsageError(`${option} "${text}" must be a whole number from ${min} to ${max}`);
  return value;
}

/** @throws UsageError unless the text is one of the words */
export function oneOf<const W extends string>(option: string, text: string, words: readonly W[]): W {
  if (!(words as readonly string[]).includes(text))
    throw new UsageError(`${option} "${text}" must be one of ${words.join(", ")}`);
  return text as W;
}

/** Fits the columns that hold reasons. */
const REASON_LENGTH_MAX = 500;

/** @throws UsageError unless the text says something, and not too much */
export function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason.length < 1 || reason.length > REASON_LENGTH_MAX)
    throw new UsageError(`--reason must have 1 to ${REASON_LENGTH_MAX} characters`);
  return reason;
}

/** `coupon_event.id` is an INT. */
export function eventId(text: string | undefined): number {
  return wholeNumber("--event", required("--event", text), { min: 1, max: 2_147_483_647 });
}

/** The kinds of values that variables may have, each with its sentence. Part of env.ts. */
import { z } from "zod";

/** One of a few words. */
export const choice = <const T extends string>(words: readonly T[]) =>
  z.enum(words, `must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);

/** yes or no; no when it is missing. */
export const switchedOn = () => choice(["yes", "no"]).default("no");

/** Written in digits alone: other spellings of a number are a slip more often than a wish. */
export const count = (fallback: number, min: number, max: number) =>
  z
    .string()
    .trim()
    .refine(
      (digits) => /^\d{1,9}$/.test(digits) && Number(digits) >= min && Number(digits) <= max,
      `must be a whole number from ${min} to ${max}, in digits`,
    )
    .transform(Number)
    .default(fallback);

export const PORT_MAX = 65_535;
export const port = (fallback: number) => count(fallback, 0, PORT_MAX);

/** A name in a service of ours. */
export const name = (fallback: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, "may hold 1 to 100 of A-Z a-z 0-9 . _ -")
    .default(fallback);

/** What a message says of a value that is missing, and of a wrong one. */
export const required = (what: string) => ({
  error: (issue: { input?: unknown }) => (issue.input === undefined ? `is missing: ${what}` : what),
});

/** The parts between commas; empty ones do not count. */
export const list = (several: string): string[] =>
  several
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** One of the crowd: who they are, and every answer they were given. */
import type { Answer, Cookie } from "./api.ts";

export type Person = { userId: string; cookie: Cookie; answers: Answer[] };

/** What a person holds to be true in the end. */
export type Verdict = Answer["status"];

/** "won" outweighs everything (whatever else was said beside it is for the audit); otherwise the last answer counts. */
export function verdictOf(person: Person): Verdict {
  if (person.answers.some((answer) => answer.status === "won")) return "won";
  return person.answers.at(-1)?.status ?? "error";
}

/** Whether asking again may bring another verdict without anyone changing the event. */
export function isUndecided(person: Person): boolean {
  return undecided[verdictOf(person)];
}

const undecided = {
  won: false,
  sold_out: false,
  closed: false,
  paused: false,
  pending: true,
  /** a process whose clock of the countdown was early */
  not_open: true,
  /** no seat: press again */
  none: true,
  unavailable: true,
  /** too many requests, or nobody answered */
  error: true,
} satisfies Record<Verdict, boolean>;

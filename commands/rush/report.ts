/** What a rush has shown: one line of JSON for programs, a table for people. */
import { type Evidence, tally } from "./audit.ts";
import type { Presses } from "./crowd.ts";
import type { Verdict } from "./person.ts";

export type RushResult = {
  event: number;
  users: number;
  /** claims that were sent while everyone pressed; what was asked afterwards does not count */
  claims: number;
  /** people, by what they know in the end; together they are `users` */
  won: number;
  soldOut: number;
  pending: number;
  unavailable: number;
  other: number;
  requestsPerSecond: number;
  /** milliseconds */
  p50: number;
  p99: number;
  /** of these people */
  seats: number;
  records: number;
  rows: number;
  problems: string[];
};

/** The list would fill the screen when everything is wrong in the same way. */
const PROBLEMS_MAX = 50;

const fieldOf = {
  won: "won",
  sold_out: "soldOut",
  pending: "pending",
  unavailable: "unavailable",
  not_open: "other",
  closed: "other",
  paused: "other",
  none: "other",
  error: "other",
} as const satisfies Record<Verdict, keyof RushResult>;

export function rushResult(rush: {
  event: number;
  presses: Presses;
  evidence: Evidence;
  problems: readonly string[];
}): RushResult {
  const { event, presses, evidence, problems } = rush;
  const people = { won: 0, soldOut: 0, pending: 0, unavailable: 0, other: 0 };
  for (const [verdict, count] of Object.entries(tally(evidence.people)))
    people[fieldOf[verdict as Verdict]] += count;
  const sorted = presses.latenciesMs.toSorted((a, b) => a - b);
  return {
    event,
    users: evidence.people.length,
    claims: sorted.length,
    ...people,
    requestsPerSecond: Math.round(sorted.length / (presses.tookMs / 1000)),
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    seats: distinctUsers(evidence.seats),
    records: distinctUsers(evidence.records),
    rows: distinctUsers(evidence.rows),
    problems: shortened(problems),
  };
}

export function rushTable(result: RushResult): string {
  const number = (value: number) => value.toLocaleString("en");
  const lines: [label: string, text: string][] = [
    [
      "claims",
      `${number(result.claims)} by ${number(result.users)} users, ${number(result.requestsPerSecond)}/s`,
    ],
    ["answered in", `p50 ${result.p50} ms, p99 ${result.p99} ms`],
    ["won", number(result.won)],
    ["sold out", number(result.soldOut)],
  ];
  for (const field of ["pending", "unavailable", "other"] as const)
    if (result[field] > 0) lines.push([field, number(result[field])]);
  lines.push(
    ["seats", `${number(result.seats)} in Redis`],
    ["records", `${number(result.records)} in the claim log`],
    ["rows", `${number(result.rows)} in MySQL`],
    ["audit", result.problems.length === 0 ? "clean: answers, seats, records and rows agree" : "FAILED"],
  );
  const table = lines.map(([label, text]) => `${label.padEnd(12)} ${text}`);
  return [...table, ...result.problems.map((problem) => `  - ${problem}`)].join("\n");
}

/** Nearest rank, in milliseconds with one decimal. @param sorted ascending */
function percentile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return Math.round(value * 10) / 10;
}

function distinctUsers(seats: readonly { userId: string }[]): number {
  return new Set(seats.map(({ userId }) => userId)).size;
}

function shortened(problems: readonly string[]): string[] {
  const more = problems.length - PROBLEMS_MAX;
  return more > 0 ? [...problems.slice(0, PROBLEMS_MAX), `and ${more} more`] : [...problems];
}

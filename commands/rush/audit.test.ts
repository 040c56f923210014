import { expect, test } from "vitest";
import type { GateStatus } from "#server/coupon/ports";
import type { Seat } from "#server/coupon/seat";
import type { Answer } from "./api.ts";
import { audit, type Evidence } from "./audit.ts";
import type { Person } from "./person.ts";

const won = (rank: number): Answer => ({ status: "won", rank });
const soldOut: Answer = { status: "sold_out" };
const person = (userId: string, ...answers: Answer[]): Person => ({ userId, cookie: "", answers });
const seat = (userId: string, rank: number): Seat => ({ userId, rank, claimedAtMs: 1 });

function status(changes: Partial<GateStatus> = {}): GateStatus {
  const settings = { version: 1, limit: 2, opensAtMs: 0, closesAtMs: null, status: "active" } as const;
  const counts = { claimLimit: 2, limitEffectiveInMs: 0, next: 2, free: 0, pending: 0, remaining: 0 };
  return { nowMs: 1, settings, ...counts, ...changes };
}

/** Two coupons, three people, everything as it should be, with what a test spoils. */
function evidence(changes: Partial<Evidence> = {}): Evidence {
  const seats = [seat("a", 1), seat("b", 2)];
  return {
    people: [person("a", won(1), won(1)), person("b", won(2)), person("c", soldOut)],
    ...{ seats, records: seats, rows: seats },
    status: status(),
    eventRows: { count: 2, highestRank: 2 },
    ...changes,
  };
}

test("a rush in which everything agrees has no problems", () => {
  expect(audit(evidence())).toEqual([]);
});

test("waiting before a verdict is no contradiction", () => {
  const a = person(
    "a",
    { status: "unavailable", retryAfterMs: 1 },
    { status: "pending" },
    { status: "not_open" },
    won(1),
  );
  const c = person("c", { status: "pending" }, { status: "none" }, soldOut);
  expect(audit(evidence({ people: [a, person("b", won(2)), c] }))).toEqual([]);
});

test("the same record twice in the log is no problem", () => {
  const records = [seat("a", 1), seat("b", 2), seat("a", 1)];
  expect(audit(evidence({ records }))).toEqual([]);
});

test.each<[string, Partial<Evidence>, RegExp]>([
  [
    "one person is told two ranks",
    { people: [person("a", won(1), won(3)), person("b", won(2))] },
    /a was told won with rank 1 and won with rank 3/,
  ],
  [
    "a winner is told sold out",
    { people: [person("a", won(1), soldOut), person("b", won(2))] },
    /a was told won with rank 1 and sold_out/,
  ],
  [
    "two people are told the same rank",
    { people: [person("a", won(1)), person("b", won(1))] },
    /rank 1 was promised to a and b/,
  ],
  [
    "someone never hears a verdict",
    { people: [...evidence().people, person("d", { status: "pending" })] },
    /1 of the crowd ended with "pending"/,
  ],
  [
    "requests fail",
    { people: [...evidence().people, person("d", { status: "error", reason: "ECONNRESET" })] },
    /ECONNRESET/,
  ],
  ["a winner has no seat", { seats: [seat("a", 1)] }, /b won rank 2, but has no seat in Redis/],
  ["a winner has no record", { records: [seat("a", 1)] }, /b won rank 2, but has no record in the log/],
  ["a winner has no row", { rows: [seat("a", 1)] }, /b won rank 2, but has no row in MySQL/],
  [
    "a row has another rank",
    { rows: [seat("a", 1), seat("b", 3)] },
    /b won rank 2.*row in MySQL with rank 3/,
  ],
  [
    "someone who was told sold out has a seat",
    { seats: [...evidence().seats, seat("c", 3)] },
    /c was told no, but has a seat/,
  ],
  [
    "sold out is said while seats are left",
    { status: status({ remaining: 1 }) },
    /1 of the crowd were told sold_out, but 1 seats are left/,
  ],
  [
    "there are more rows than coupons",
    { eventRows: { count: 3, highestRank: 3 } },
    /3 rows and only 2 coupons/,
  ],
  ["ranks have a gap", { eventRows: { count: 2, highestRank: 3 } }, /highest rank is 3/],
  ["seats and rows differ", { status: status({ remaining: 1 }) }, /1 seats in Redis and 2 rows in MySQL/],
])("it is a problem when %s", (_title, changes, problem) => {
  expect(audit(evidence(changes)).join("\n")).toMatch(problem);
});

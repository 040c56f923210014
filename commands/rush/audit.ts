/** The audit of a rush: what people were told, against the seats, the records and the rows. Pure. */
import type { GateStatus } from "#server/coupon/ports";
import type { Seat } from "#server/coupon/seat";
import { type Person, type Verdict, verdictOf } from "./person.ts";

export type Evidence = {
  people: readonly Person[];
  /** of the people of this rush: what the gate, the log and the table know of them */
  seats: readonly Seat[];
  records: readonly Seat[];
  rows: readonly Seat[];
  /** of the whole event, after the crowd has settled */
  status: GateStatus;
  eventRows: { count: number; highestRank: number };
};

/** @returns a sentence for each thing that is not as promised; none when all is well */
export function audit(evidence: Evidence): string[] {
  return [
    ...contradictions(evidence.people),
    ...doubleRanks(evidence.people),
    ...unanswered(evidence.people),
    ...disagreements("seat in Redis", evidence, evidence.seats),
    ...disagreements("record in the log", evidence, evidence.records),
    ...disagreements("row in MySQL", evidence, evidence.rows),
    ...soldOutTooEarly(evidence),
    ...gapsAndExcess(evidence),
  ];
}

/** How many people ended with each verdict. */
export function tally(people: readonly Person[]): Partial<Record<Verdict, number>> {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const person of people) counts[verdictOf(person)] = (counts[verdictOf(person)] ?? 0) + 1;
  return counts;
}

/** The rank that a person was told first. */
function wonRank({ answers }: Person): number | null {
  const won = answers.find((answer) => answer.status === "won");
  return won?.status === "won" ? won.rank : null;
}

/** A winner may have heard "pending" or "unavailable" on the way, but never a second verdict. */
function contradictions(people: readonly Person[]): string[] {
  return people.flatMap(({ userId, answers }) => {
    const verdicts = answers.flatMap((answer) => {
      if (answer.status === "won") return [`won with rank ${answer.rank}`];
      return answer.status === "sold_out" || answer.status === "closed" ? [answer.status] : [];
    });
    const different = [...new Set(verdicts)];
    const ofWinner = different.some((verdict) => verdict.startsWith("won"));
    return ofWinner && different.length > 1 ? [`${userId} was told ${different.join(" and ")}`] : [];
  });
}

function doubleRanks(people: readonly Person[]): string[] {
  const holders = new Map<number, string[]>();
  for (const person of people) {
    const rank = wonRank(person);
    if (rank !== null) holders.set(rank, [...(holders.get(rank) ?? []), person.userId]);
  }
  return [...holders]
    .filter(([, userIds]) => userIds.length > 1)
    .map(([rank, userIds]) => `rank ${rank} was promised to ${userIds.join(" and ")}`);
}

/** These people were never told anything definite. */
function unanswered(people: readonly Person[]): string[] {
  const counts = tally(people);
  const verdicts = ["pending", "unavailable", "none", "error"] as const;
  return verdicts.flatMap((verdict) => {
    const count = counts[verdict] ?? 0;
    if (count === 0) return [];
    const last = people.find((person) => verdictOf(person) === verdict)?.answers.at(-1);
    const reason = last?.status === "error" ? `, such as: ${last.reason}` : "";
    return [`${count} of the crowd ended with "${verdict}"${reason}`];
  });
}

/** Each winner has it, with the rank that was promised; nobody else has one who was told otherwise. */
function disagreements(what: string, { people }: Evidence, found: readonly Seat[]): string[] {
  const ranks = new Map<string, Set<number>>();
  for (const { userId, rank } of found) ranks.set(userId, (ranks.get(userId) ?? new Set()).add(rank));
  return people.flatMap((person) => {
    const { userId } = person;
    const has = [...(ranks.get(userId) ?? [])];
    const promised = wonRank(person);
    if (promised === null) {
      const denied = verdictOf(person) === "sold_out" || verdictOf(person) === "closed";
      return denied && has.length > 0 ? [`${userId} was told no, but has a ${what}, rank ${has}`] : [];
    }
    if (has.length === 0) return [`${userId} won rank ${promised}, but has no ${what}`];
    return has.every((rank) => rank === promised)
      ? []
      : [`${userId} won rank ${promised}, but has a ${what} with rank ${has}`];
  });
}

function soldOutTooEarly({ people, status }: Evidence): string[] {
  const told = people.filter((person) =>
    person.answers.some((answer) => answer.status === "sold_out"),
  ).length;
  return told > 0 && status.remaining > 0
    ? [`${told} of the crowd were told sold_out, but ${status.remaining} seats are left`]
    : [];
}

/** The ranks of the event's rows are 1 to their number, and no more than there are coupons. */
function gapsAndExcess({ status, eventRows: { count, highestRank } }: Evidence): string[] {
  const limit = status.settings.limit;
  const seats = limit - status.remaining;
  return [
    ...(count > limit ? [`the event has ${count} rows and only ${limit} coupons`] : []),
    ...(highestRank > limit
      ? [`the event has a row with rank ${highestRank} and only ${limit} coupons`]
      : []),
    ...(status.free === 0 && highestRank !== count
      ? [`the event has ${count} rows, but their highest rank is ${highestRank}`]
      : []),
    ...(seats !== count ? [`the event has ${seats} seats in Redis and ${count} rows in MySQL`] : []),
  ];
}

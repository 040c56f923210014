/** What the parts with a crowd have in common: candidates, a warm-up that nobody counts, rounds in turns, one table. */
import type { Candidate } from "../candidates/candidate.ts";
import { withCandidates } from "../candidates/start.ts";
import type { Bench } from "../context.ts";
import { type Column, crowdFigures, crowdRow, crowdWord } from "../lib/crowd-result.ts";
import { type CrowdPlan, type CrowdRound, crowdRound, type RoundEvent } from "../lib/crowd-round.ts";
import { claimFor, untilSoldOut } from "../lib/fill.ts";
import type { PartResult } from "../lib/result.ts";
import { inTurns } from "../lib/rounds.ts";

/** Of one round that nobody counts. */
export const WARM_UP_SECONDS = 2;
/** Compilers are through, those of the candidate and those of Kafka, when a round is hardly faster than the best before. */
const STILL_WARMING = 1.1;
const WARM_UP_ROUNDS_MAX = 4;
/** No crowd of these rounds comes to its end. */
export const PLENTY = 10_000_000;
/** The yardstick has no events; what it echoes is a number all the same. */
export const NO_EVENT: RoundEvent = { id: 1, limit: PLENTY, toldRanks: [] };

export async function crowdPart(
  bench: Bench,
  options: {
    name: string;
    title: string;
    candidates: readonly string[];
    columns: readonly Column[];
    notes: string[];
    plan: (bench: Bench, candidate: Candidate) => Promise<Omit<CrowdPlan, "seconds">>;
  },
): Promise<PartResult> {
  const { name, title, columns, notes } = options;
  const { only } = bench.settings;
  const wanted = options.candidates.filter((candidate) => only === null || only.includes(candidate));
  return await withCandidates(bench, wanted, async (candidates) => {
    const round = async (candidate: Candidate, seconds: number): Promise<CrowdRound> =>
      await crowdRound(bench, candidate, { seconds, ...(await options.plan(bench, candidate)) });
    for (const candidate of candidates)
      await warmUp(async (seconds) => (await round(candidate, seconds)).load.requests);
    const measured = await inTurns(candidates, bench.settings.rounds, async (candidate) => {
      const result = await round(candidate, bench.settings.seconds);
      return { result, word: crowdWord(result) };
    });
    return {
      name,
      title,
      figures: crowdFigures(columns),
      rows: measured.map(({ candidate, results }) => crowdRow(candidate, results, columns)),
      audited: true,
      notes,
    };
  });
}

/** @param round runs one that nobody counts @returns how many requests were answered */
export async function warmUp(round: (seconds: number) => Promise<number>): Promise<void> {
  let best = 0;
  for (let rounds = 0; rounds < WARM_UP_ROUNDS_MAX; rounds += 1) {
    const requests = await round(WARM_UP_SECONDS);
    if (requests < best * STILL_WARMING) return;
    best = requests;
  }
}

/** A new event that nobody has claimed yet. */
export async function freshEvent({ books }: Candidate, limit: number): Promise<RoundEvent> {
  return books === null ? NO_EVENT : { id: await books.open(limit), limit, toldRanks: [] };
}

/** A new event that the first users of the crowd have emptied: twice as many as it has coupons, so that some find none. */
export async function soldOutEvent(bench: Bench, candidate: Candidate, limit: number): Promise<RoundEvent> {
  const event = await freshEvent(candidate, limit);
  if (candidate.books === null) return event;
  const target = { port: candidate.port, eventId: event.id };
  const { ranks } = await claimFor(bench.users, { ...target, count: 2 * limit });
  await untilSoldOut(bench.users, { ...target, asker: 2 * limit });
  return { ...event, toldRanks: ranks };
}

/** Growth: crowds of a thousand and more, all of whom press in the same moment, once each. */
import { type Candidate, OURS } from "../candidates/candidate.ts";
import { withCandidates } from "../candidates/start.ts";
import type { Bench } from "../context.ts";
import { type Column, crowdFigures, crowdRow, crowdWord } from "../lib/crowd-result.ts";
import { CONNECTIONS, type CrowdRound, crowdRound } from "../lib/crowd-round.ts";
import { inTurns } from "../lib/rounds.ts";
import { runOpenLoop } from "../lib/run-open-loop.ts";
import { freshEvent } from "./crowd.ts";
import type { Part } from "./part.ts";

const SIZES = [
  { users: 1_000, coupons: 10 },
  { users: 1_000, coupons: 1_000 },
  { users: 10_000, coupons: 100 },
  { users: 10_000, coupons: 10_000 },
  { users: 100_000, coupons: 1_000 },
  { users: 100_000, coupons: 100_000 },
];
/** With --full. */
const FULL_SIZES = [{ users: 1_000_000, coupons: 1_000_000 }];
/** A crowd is long, and three of them tell enough. */
const ROUNDS_MAX = 3;
/** A million claims take a minute or two. */
const PATIENCE_MS = 240_000;
const COLUMNS: readonly Column[] = [
  "took",
  "requests",
  "p99",
  "overIssued",
  "lost",
  "lastCoupon",
  "cpu",
  "undecided",
];

export const growth: Part = (bench) =>
  withCandidates(bench, [OURS], async ([ours]) => {
    if (ours === undefined) throw new Error("a candidate is missing");
    const { full, rounds } = bench.settings;
    const crowds = [...SIZES, ...(full ? FULL_SIZES : [])].map((size) => {
      const name = `${size.users.toLocaleString("en-US")} users`;
      return { name, title: `${size.coupons.toLocaleString("en-US")} coupons`, ...size };
    });
    const measured = await inTurns(crowds, Math.min(rounds, ROUNDS_MAX), async (size) => {
      const result = await rush(bench, ours, size);
      return { result, word: crowdWord(result) };
    });
    return {
      name: "growth",
      title: "Growth: everyone presses at once, one press each",
      figures: crowdFigures(COLUMNS),
      rows: measured.map(({ candidate: { name, title }, results }) =>
        crowdRow({ ...ours, name, title }, results, COLUMNS),
      ),
      audited: true,
      notes: [`Over ${CONNECTIONS} connections; p99 counts from the one moment at which all of them press.`],
    };
  });

async function rush(
  bench: Bench,
  candidate: Candidate,
  { users, coupons }: { users: number; coupons: number },
): Promise<CrowdRound> {
  const event = await freshEvent(candidate, coupons);
  return await crowdRound(bench, candidate, {
    ...{ seconds: 0, first: 0, count: users, target: event, winsAt: event },
    generate: ({ port }) =>
      runOpenLoop(bench.dir, {
        ...{ port, rate: null, claims: users, connections: CONNECTIONS, eventId: event.id },
        users: { file: bench.users.file, first: 0 },
        patienceMs: PATIENCE_MS,
      }),
  });
}

/** Latency at a constant rate, where everyone wins: below our own ceiling, and beside way 7 at a rate that it can bear. */
import { type Candidate, OURS } from "../candidates/candidate.ts";
import { withCandidates } from "../candidates/start.ts";
import type { Bench } from "../context.ts";
import { type Column, crowdFigures, crowdRow, crowdWord } from "../lib/crowd-result.ts";
import { CONNECTIONS, type CrowdRound, crowdRound } from "../lib/crowd-round.ts";
import { inTurns } from "../lib/rounds.ts";
import { runOpenLoop } from "../lib/run-open-loop.ts";
import { spread } from "../lib/stats.ts";
import { freshEvent, PLENTY, WARM_UP_SECONDS } from "./crowd.ts";
import type { Part } from "./part.ts";

const WAY_7 = "way 7";
const CEILING_ROUNDS = 3;
/** More than in the closed loop, so that a stall of a few milliseconds finds connections. */
const OPEN_CONNECTIONS = 2 * CONNECTIONS;
const PATIENCE_MS = 5_000;
const COLUMNS: readonly Column[] = ["rate", "p50", "p99", "overIssued", "lost", "cpu", "undecided"];

/** The rows that a ratio is made of. */
export const WAY_7_AT_70 = "way 7 at 70 %";
export const OURS_AT_THE_SAME = "ours, same rate";

type Setting = { name: string; title: string; candidate: Candidate; rate: number };

export const latency: Part = (bench) =>
  withCandidates(bench, [OURS, WAY_7], async ([ours, way7]) => {
    if (ours === undefined || way7 === undefined) throw new Error("a candidate is missing");
    const oursMax = await ceiling(bench, ours);
    const way7Max = await ceiling(bench, way7);
    const settings: Setting[] = [
      { name: WAY_7_AT_70, title: "of its ceiling", candidate: way7, rate: 0.7 * way7Max },
      { name: OURS_AT_THE_SAME, title: "as way 7", candidate: ours, rate: 0.7 * way7Max },
      ...[0.5, 0.7, 0.9].map((share) => {
        return {
          name: `ours at ${share * 100} %`,
          title: "of its own ceiling",
          candidate: ours,
          rate: share * oursMax,
        };
      }),
    ];
    const measured = await inTurns(settings, bench.settings.rounds, async (setting) => {
      const result = await openRound(bench, setting);
      return { result, word: `${crowdWord(result)}, p99 ${result.load.p99Ms.toFixed(1)} ms` };
    });
    return {
      name: "latency",
      title: "Latency at a constant rate, everyone wins",
      figures: crowdFigures(COLUMNS),
      rows: measured.map(({ candidate: { candidate, name, title }, results }) =>
        crowdRow({ ...candidate, name, title }, results, COLUMNS),
      ),
      audited: true,
      notes: [
        `Ceilings in this run: ours ${oursMax.toFixed(0)}/s, way 7 ${way7Max.toFixed(0)}/s (closed loop, ${CONNECTIONS} connections).`,
        "Each claim counts from the moment at which it was due, also when it had to wait for a connection.",
      ],
    };
  });

/** What the closed loop reaches: the median of a few rounds. */
async function ceiling(bench: Bench, candidate: Candidate): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round <= CEILING_ROUNDS; round += 1) {
    const event = await freshEvent(candidate, PLENTY);
    const plan = { first: 0, count: bench.users.count, target: event, winsAt: event };
    const { load } = await crowdRound(bench, candidate, { ...plan, seconds: WARM_UP_SECONDS });
    // The first one warms up.
    if (round > 0) rates.push(load.requests / load.seconds);
  }
  return spread(rates).median;
}

async function openRound(bench: Bench, { candidate, rate }: Setting): Promise<CrowdRound> {
  const event = await freshEvent(candidate, PLENTY);
  const { seconds } = bench.settings;
  const claims = Math.min(bench.users.count, Math.ceil(rate * seconds));
  return await crowdRound(bench, candidate, {
    ...{ seconds, first: 0, count: claims, target: event, winsAt: event },
    generate: ({ port }) =>
      runOpenLoop(bench.dir, {
        ...{ port, rate, claims, connections: OPEN_CONNECTIONS, eventId: event.id },
        users: { file: bench.users.file, first: 0 },
        patienceMs: PATIENCE_MS,
      }),
  });
}

/** The figures of rounds of a crowd, as one row of a table for each candidate. */
import type { Candidate } from "../candidates/candidate.ts";
import { cpuMsPerThousand, groups } from "./cpu.ts";
import type { CrowdRound } from "./crowd-round.ts";
import type { Figure, ResultRow } from "./result.ts";
import { spread } from "./stats.ts";

const columns = {
  requests: { label: "requests/s", digits: 0, of: ({ load }) => load.requests / load.seconds },
  winners: { label: "winners/s", digits: 0, of: winnersPerSecond },
  /** of a constant rate: as many as were due */
  rate: { label: "claims/s", digits: 0, of: ({ load }) => load.requests / load.seconds },
  took: { label: "took s", digits: 2, of: ({ load }) => load.seconds },
  p50: { label: "p50 ms", digits: 1, of: ({ load }) => load.p50Ms },
  p99: { label: "p99 ms", digits: 1, of: ({ load }) => load.p99Ms },
  overIssued: { label: "over limit", digits: 0, of: ({ audit }) => audit.overIssued },
  lost: { label: "lost", digits: 0, of: ({ audit }) => audit.lost },
  lastCoupon: { label: "last in MySQL s", digits: 2, of: ({ restSeconds }) => restSeconds },
  cpu: { label: "CPU ms/1000", digits: 0, of: ({ cpu, load }) => cpuMsPerThousand(cpu, load.requests) },
  generator: {
    label: "wrk CPU %",
    digits: 0,
    of: ({ cpu, load }) => (100 * cpu.generator) / load.seconds,
  },
  undecided: { label: "no verdict", digits: 0, of: ({ undecided }) => undecided },
} satisfies Record<string, { label: string; digits: number; of: (round: CrowdRound) => number }>;

export type Column = keyof typeof columns;

/** Answers "won"; for a way whose claims never say so, rows in the time until the last one was there. */
function winnersPerSecond({ load, issued, restSeconds }: CrowdRound): number {
  if (load.answers.pending > 0 && load.answers.won === 0) return issued / (load.seconds + restSeconds);
  return load.answers.won / load.seconds;
}

export function crowdFigures(names: readonly Column[]): Figure[] {
  return names.map((key) => ({ key, label: columns[key].label, digits: columns[key].digits }));
}

/** Without books (the yardstick) only what can be said of any server. */
const OF_ANY_SERVER: readonly Column[] = [
  "requests",
  "rate",
  "took",
  "p50",
  "p99",
  "cpu",
  "generator",
  "undecided",
];

/** Beside the columns, for the JSON: the CPU of each group of processes, in ms for a thousand requests. */
export function crowdRow(
  { name, title, isOurs, books }: Candidate,
  rounds: readonly CrowdRound[],
  names: readonly Column[],
): ResultRow {
  const figures = names.map((key) => {
    const has = books !== null || OF_ANY_SERVER.includes(key);
    return [key, has ? spread(rounds.map(columns[key].of)) : null];
  });
  const split = groups.map((group) => {
    const perThousand = ({ cpu, load }: CrowdRound) => (1_000_000 * cpu[group]) / Math.max(1, load.requests);
    return [`cpu.${group}`, spread(rounds.map(perThousand))];
  });
  const problems = rounds.flatMap(({ audit }, round) =>
    audit.problems.map((problem) => `round ${round + 1}: ${problem}`),
  );
  return { candidate: name, title, isOurs, figures: Object.fromEntries([...figures, ...split]), problems };
}

/** One line for the terminal while it goes on. */
export function crowdWord({ load, restSeconds, audit }: CrowdRound): string {
  const { won, sold_out, repeated, pending, unavailable, failed, socketErrors } = load.answers;
  const perSecond = (load.requests / load.seconds).toFixed(0);
  const counts = { won, "sold out": sold_out, again: repeated, pending, unavailable, failed };
  const answers = Object.entries({ ...counts, "cut off": socketErrors })
    .flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []))
    .join(", ");
  const verdict = audit.problems.length === 0 ? "" : `  ${audit.problems.join("; ")}`;
  return `${perSecond}/s: ${answers || "echoes"}; last coupon after ${restSeconds.toFixed(2)} s${verdict}`;
}

/** What is to be reached: ratios of medians of one run, so that they mean the same on another machine. */
import { OURS, YARDSTICK } from "../candidates/candidate.ts";
import { NEXT_HANDLER } from "../candidates/next-handler.ts";
import { ONE_EACH } from "../parts/kafka.ts";
import { OURS_AT_THE_SAME, WAY_7_AT_70 } from "../parts/latency.ts";
import { LISTENERS, rowName } from "../parts/live.ts";
import { NEXT } from "../parts/page/servers.ts";
import { medianOf, type PartResult } from "./result.ts";

type Target = {
  what: string;
  part: string;
  figure: string;
  /** candidates: the first one's figure in that of the second one */
  of: string;
  against: string;
  /** of the figure of `against` */
  againstFigure?: string;
  atLeast: number;
  aim: number;
};

const WAY_7 = "way 7";

const targets: readonly Target[] = [
  {
    ...{ what: "durable winners/s against L0", part: "winners", of: OURS, against: YARDSTICK },
    ...{ figure: "winners", againstFigure: "requests", atLeast: 0.3, aim: 0.45 },
  },
  {
    ...{ what: "sold-out answers/s against L0", part: "sold-out", of: OURS, against: YARDSTICK },
    ...{ figure: "requests", atLeast: 0.5, aim: 0.8 },
  },
  {
    ...{ what: "durable winners/s against way 7", part: "winners", of: OURS, against: WAY_7 },
    ...{ figure: "winners", atLeast: 4, aim: 6 },
  },
  {
    ...{ what: "sold-out/s against way 7", part: "sold-out", of: OURS, against: WAY_7 },
    ...{ figure: "requests", atLeast: 5, aim: 8 },
  },
  {
    ...{ what: "winners/s against the same router in a Next route handler", part: "winners" },
    ...{ of: OURS, against: NEXT_HANDLER, figure: "winners", atLeast: 8, aim: 12 },
  },
  {
    ...{ what: "claims per Redis CPU second against one EVALSHA per claim", part: "redis" },
    ...{ of: OURS, against: ONE_EACH, figure: "perCpu", atLeast: 3, aim: 4 },
  },
  {
    ...{ what: "records/s into Kafka against one send per claim", part: "kafka" },
    ...{ of: OURS, against: ONE_EACH, figure: "records", atLeast: 8, aim: 12 },
  },
  {
    ...{ what: "worker rows/s against row by row", part: "worker", of: OURS, against: "row by row" },
    ...{ figure: "rows", atLeast: 20, aim: 40 },
  },
  {
    ...{ what: "event pages/s against Next answering them", part: "page", figure: "pages" },
    ...{ of: OURS, against: NEXT, atLeast: 20, aim: 40 },
  },
  {
    ...{ what: "p99 at 70 % of way 7's ceiling, against way 7 at the same rate", part: "latency" },
    ...{ of: OURS_AT_THE_SAME, against: WAY_7_AT_70, figure: "p99", atLeast: 0.3, aim: 0.1 },
  },
  ...LISTENERS.flatMap((listeners) => {
    const rows = { part: "live", of: rowName(OURS, listeners), against: rowName("tRPC", listeners) };
    const these = `of one of ${listeners.toLocaleString("en-US")} listeners against tRPC's handler`;
    return [
      { ...rows, what: `memory ${these}`, figure: "memory", atLeast: 0.5, aim: 0.3 },
      { ...rows, what: `CPU for a change ${these}`, figure: "cpu", atLeast: 0.2, aim: 0.1 },
    ];
  }),
];

export type Ratio = {
  what: string;
  atLeast: number;
  aim: number;
  /** null: the part was not run, or one of the two has no such figure */
  ratio: number | null;
  verdict: "aim reached" | "reached" | "not reached" | "not measured";
};

export function ratiosOf(results: readonly PartResult[]): Ratio[] {
  return targets.map(({ what, part, figure, of, against, againstFigure = figure, atLeast, aim }) => {
    const result = results.find(({ name }) => name === part);
    const ratio = quotient(medianOf(result, of, figure), medianOf(result, against, againstFigure));
    return { what, atLeast, aim, ratio, verdict: verdictOf(ratio, atLeast, aim) };
  });
}

function quotient(value: number | null, by: number | null): number | null {
  return value === null || by === null || by === 0 ? null : value / by;
}

/** Where the aim lies below the demand, less is better. */
export function verdictOf(ratio: number | null, atLeast: number, aim: number): Ratio["verdict"] {
  if (ratio === null) return "not measured";
  const isAsGoodAs = (goal: number) => (aim < atLeast ? ratio <= goal : ratio >= goal);
  if (isAsGoodAs(aim)) return "aim reached";
  return isAsGoodAs(atLeast) ? "reached" : "not reached";
}

/** For the terminal; only what was measured. */
export function ratiosText(ratios: readonly Ratio[]): string {
  const lines = ratios
    .filter(({ ratio }) => ratio !== null)
    .map(({ what, ratio, atLeast, aim, verdict }) => {
      const text = (ratio ?? 0).toFixed(2).padStart(7);
      return `${text}  ${verdict.padEnd(12)} ${what} (${atLeast}, aim ${aim})`;
    });
  return ["== Ratios of this run ==", ...lines].join("\n");
}

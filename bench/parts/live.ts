/** Live numbers: what each listener costs in memory, and each change for each of them in CPU, in our lane and in tRPC's. */
import { OURS } from "../candidates/candidate.ts";
import type { Figure, PartResult } from "../lib/result.ts";
import { inTurns } from "../lib/rounds.ts";
import { spread } from "../lib/stats.ts";
import { type Lane, type LiveRound, liveRound } from "./live/round.ts";
import type { Part } from "./part.ts";

const lanes = [
  { name: OURS, lane: "ours", title: "one frame for all" },
  { name: "tRPC", lane: "trpc", title: "its own handler" },
] as const satisfies { name: string; lane: Lane; title: string }[];
export const LISTENERS = [1_000, 5_000] as const;
/** Each has a process of its own and is long, and memory hardly differs. */
const ROUNDS_MAX = 3;

/** The row of one lane. */
export function rowName(name: (typeof lanes)[number]["name"], listeners: (typeof LISTENERS)[number]): string {
  return `${name}, ${listeners.toLocaleString("en-US")}`;
}

const figures = [
  { key: "memory", label: "memory KB", digits: 1, of: ({ cost }) => cost.memoryBytes / 1000 },
  { key: "heap", label: "heap KB", digits: 1, of: ({ cost }) => cost.heapBytes / 1000 },
  { key: "cpu", label: "CPU µs/change", digits: 2, of: ({ cost }) => cost.cpuUs },
  { key: "heard", label: "heard/s", digits: 1, of: ({ cost }) => cost.heardPerSecond },
] satisfies (Figure & { of: (round: LiveRound) => number })[];

export const live: Part = async (bench) => {
  const settings = LISTENERS.flatMap((listeners) =>
    lanes.map((each) => ({
      ...each,
      name: rowName(each.name, listeners),
      isOurs: each.name === OURS,
      listeners,
    })),
  );
  const measured = await inTurns(settings, Math.min(bench.settings.rounds, ROUNDS_MAX), async (setting) => {
    const result = await liveRound(bench, { ...setting, label: `${setting.lane} lane` });
    const { memoryBytes, cpuUs, heardPerSecond } = result.cost;
    const word = `${(memoryBytes / 1000).toFixed(1)} KB, ${cpuUs.toFixed(2)} µs, ${heardPerSecond.toFixed(1)} changes/s`;
    return { result, word };
  });
  return {
    name: "live",
    title: "Live numbers: what one of so many listeners costs",
    figures: figures.map(({ key, label, digits }) => ({ key, label, digits })),
    rows: measured.map(({ candidate: { name, title, isOurs }, results }) => ({
      ...{ candidate: name, title, isOurs },
      figures: Object.fromEntries(figures.map(({ key, of }) => [key, spread(results.map(of))])),
      problems: results.flatMap(({ cutOff }) => (cutOff === 0 ? [] : [`${cutOff} listeners were cut off`])),
    })),
    audited: false,
    notes: [
      "One event that changes at every look, four times a second. The use cases are stand-ins: only the streams are measured.",
      "A process that hears fewer changes than there were has not kept up; its CPU counts for those that arrived.",
    ],
  } satisfies PartResult;
};

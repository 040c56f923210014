/** What has to be known of a topic before its records can be judged once more (reread.ts). Writes nothing. */
import { parseRecord } from "./claim-record.ts";
import type { LogHistory, TimedRecord } from "./ports.ts";

export type LogSurvey = {
  /** the highest epoch that was finished: its marker stands on every partition */
  highestEpoch: number;
  /** per partition that holds claims from before its first marker: when the last of those was appended */
  unjudgedUntilMs: Map<number, number>;
  /** per event the highest rank that a claim of the span names */
  highestRanks: Map<number, number>;
};

type Partition = { markers: Set<number>; lastMarker: number };

/** @param fromMs where the span begins whose claims are to be issued again; markers count from the beginning on */
export async function surveyLog(history: LogHistory, topic: string, fromMs: number): Promise<LogSurvey> {
  const partitions = new Map<number, Partition>();
  const unjudgedUntilMs = new Map<number, number>();
  const highestRanks = new Map<number, number>();
  const carried = new Set<number>();
  const overtaken = new Set<number>();

  function look({ origin, value, appendedAtMs }: TimedRecord): void {
    const parsed = parseRecord(value);
    const known = partitions.get(origin.partition) ?? { markers: new Set(), lastMarker: 0 };
    partitions.set(origin.partition, known);
    if (parsed.kind === "marker") {
      if (parsed.epoch < known.lastMarker) overtaken.add(known.lastMarker);
      known.markers.add(parsed.epoch);
      known.lastMarker = parsed.epoch;
    }
    if (parsed.kind !== "claim") return;
    const { couponEventId, rank, epoch } = parsed.record;
    carried.add(epoch);
    if (known.markers.size === 0) unjudgedUntilMs.set(origin.partition, appendedAtMs);
    if (appendedAtMs >= fromMs)
      highestRanks.set(couponEventId, Math.max(rank, highestRanks.get(couponEventId) ?? 0));
  }

  const count = await history.read(topic, async (records) => records.forEach(look));
  const standing = [...partitions.values()].map(({ markers }) => markers);
  const [first = new Set<number>(), ...others] = standing.length === count ? standing : [];
  // A marker that lower ones follow and whose epoch nobody ever carried was refused when it was first read.
  const isForged = (epoch: number) => overtaken.has(epoch) && !carried.has(epoch);
  const finished = [...first].filter(
    (epoch) => !isForged(epoch) && others.every((markers) => markers.has(epoch)),
  );
  return { highestEpoch: Math.max(0, ...finished), unjudgedUntilMs, highestRanks };
}

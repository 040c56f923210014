/** How a history of docs/histories.md is told: its play, and the rule that is taken away to see it fail. */

import type { Process } from "../process.ts";
import type { Snapshot } from "../redis.ts";
import type { Stage, StageSettings } from "../stage.ts";
import type { PlantedFault } from "../world.ts";

export type ToldHistory = {
  /** its number in docs/histories.md */
  number: number;
  title: string;
  settings?: StageSettings;
  /** true: the play begins before the first gate is built */
  fromTheStart?: boolean;
  play: (stage: Stage) => Promise<void>;
  /** what the history needs around the core: it holds in the midst of this */
  among?: PlantedFault;
  /** Without this rule the same play breaks a promise; with several, each covers the others. */
  without: PlantedFault;
};

export function snapshot({ world: { redis } }: Stage): Snapshot {
  return redis.snapshot(redis.master());
}

/** Redis restarts, with older data if a snapshot is given. */
export function restart({ world: { redis } }: Stage, from?: Snapshot): void {
  redis.restart(redis.master(), 20, from);
}

/** The guardians have found it and built a gate of a higher epoch. */
export async function rebuilt(stage: Stage): Promise<void> {
  const before = stage.epoch();
  await stage.until(() => stage.epoch() > before && isOpen(stage));
  await stage.pass(300);
}

export function isOpen({ world: { redis, database } }: Stage, eventId = 1): boolean {
  const keys = redis.master().events.get(eventId);
  const { epoch } = database.tables.gate;
  return keys?.state === "open" && keys.epoch === epoch && redis.master().scripts.has(epoch);
}

export function rowOf({ world: { database } }: Stage, userId: string, eventId = 1): number | undefined {
  return database.tables.coupons.byUser(eventId, userId)?.rank;
}

export function webProcess({ world }: Stage, index: number): Process {
  return world.webs[index]?.process as Process;
}

export function guardian({ world }: Stage, index: number): Process {
  return world.guardians[index] as Process;
}

export function reader({ world }: Stage): Process {
  return world.readers[0] as Process;
}

/** Long enough for whatever the history is about. */
export const LONG_MS = 60_000;

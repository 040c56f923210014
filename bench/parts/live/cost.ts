/** What listeners cost, from what was read before and after. */
import type { Memory, Usage } from "./questions.ts";

/** One moment: what the process had used, and how many views all listeners together had heard. */
export type Moment = Usage & { heard: number };
export type Span = { from: Moment; to: Moment };

export type LiveCost = {
  /** of each listener */
  memoryBytes: number;
  heapBytes: number;
  /** of one change for one listener: what changes add to silence */
  cpuUs: number;
  /** changes a second that a listener heard; fewer than there were where the process did not keep up */
  heardPerSecond: number;
};

/** @throws Error when nothing was heard of any change: then there is nothing to divide by */
export function liveCost(measured: {
  listeners: number;
  before: Memory;
  after: Memory;
  quiet: Span;
  changing: Span;
}): LiveCost {
  const { listeners, before, after, quiet, changing } = measured;
  const heard = changing.to.heard - changing.from.heard;
  if (heard === 0) throw new Error("nobody heard of a change");
  const changesUs = usedUs(changing) - (usedUs(quiet) * lengthMs(changing)) / lengthMs(quiet);
  return {
    memoryBytes: (after.rssBytes - before.rssBytes) / listeners,
    heapBytes: (after.heapBytes - before.heapBytes) / listeners,
    cpuUs: changesUs / heard,
    heardPerSecond: (1000 * heard) / lengthMs(changing) / listeners,
  };
}

function usedUs({ from, to }: Span): number {
  return to.cpuUs - from.cpuUs;
}

function lengthMs({ from, to }: Span): number {
  return to.atMs - from.atMs;
}

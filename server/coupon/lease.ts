/**
 * The lease: a process's right to speak for an epoch. The guardian raises the epoch, waits longer than a lease,
 * and only then writes its markers; so whoever could not read the epoch lately must not answer (history 6).
 */
import { isYoungerThan, type Moment, momentOf } from "./age.ts";
import type { Clock, EpochSource, GateEpoch } from "./ports.ts";

export interface Lease {
  /** The epoch to work under now, or null without the lease or before the first gate. */
  current(): GateEpoch | null;
  /** Whether an answer that rests on a reply of this epoch's scripts may be given now. */
  holds(epoch: number): boolean;
  /** Reads the epoch again. Rejects when it cannot be read; the lease then runs out by itself. */
  refresh(): Promise<GateEpoch>;
}

/** How often a process reads the epoch: several times in each lease, so that one slow answer does not end it. */
export function leaseRefreshMs(leaseMs: number): number {
  return Math.min(1000, leaseMs / 5);
}

/** @param options.leaseMs how long a successful read counts, from before it was asked for */
export function createLease(options: { epochs: EpochSource; clock: Clock; leaseMs: number }): Lease {
  const { epochs, clock, leaseMs } = options;
  let last: { gate: GateEpoch; askedAt: Moment } | null = null;

  function valid(): GateEpoch | null {
    if (last === null || last.gate.epoch === 0) return null;
    return isYoungerThan(leaseMs, last.askedAt, clock) ? last.gate : null;
  }

  return {
    current: valid,
    holds: (epoch) => valid()?.epoch === epoch,
    async refresh() {
      const askedAt = momentOf(clock);
      const gate = await epochs.currentEpoch();
      // A slow older read must not replace a newer one.
      if (last === null || askedAt.monotonicMs >= last.askedAt.monotonicMs) last = { gate, askedAt };
      return gate;
    },
  };
}

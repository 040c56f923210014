/**
 * The sweeper: seats that stay pending longer than any web process waits get their record produced again, so
 * every "pending" is decided without anyone pressing anything (L1). Any number of guardians may try.
 */
import type { Lease } from "./lease.ts";
import { CONFIRM_BATCH_MAX, SWEEP_AGE_MS, SWEEP_BATCH_MAX } from "./limits.ts";
import type { ClaimGate, ClaimLog, GateReader, Reporter } from "./ports.ts";
import type { Seat } from "./seat.ts";
import { sendAgain } from "./send-again.ts";

export interface Sweeper {
  /**
   * Sends the old pending seats of one event again and confirms what was acknowledged.
   * @returns how many were confirmed; 0 also when the gate cannot speak. @throws what the gate throws
   */
  sweep(eventId: number): Promise<number>;
}

export function createSweeper(parts: {
  gate: ClaimGate & GateReader;
  log: ClaimLog;
  lease: Lease;
  reporter: Reporter;
}): Sweeper {
  const { gate, log, lease, reporter } = parts;

  async function confirm(epoch: number, eventId: number, seats: Seat[]): Promise<number> {
    let confirmed = 0;
    for (let start = 0; start < seats.length; start += CONFIRM_BATCH_MAX) {
      if (!lease.holds(epoch)) break;
      const chunk = seats.slice(start, start + CONFIRM_BATCH_MAX);
      const reply = await gate.confirm({ epoch, eventId, seats: chunk });
      if (reply.fenced) break;
      confirmed += reply.value.removed;
    }
    return confirmed;
  }

  return {
    async sweep(eventId) {
      const current = lease.current();
      if (!current) return 0;
      const call = { epoch: current.epoch, eventId, olderThanMs: SWEEP_AGE_MS, limit: SWEEP_BATCH_MAX };
      const listed = await gate.pendingSeats(call);
      if (listed.fenced || listed.value.length === 0) return 0;
      // The label is the epoch of the script that listed the seat, not one read later (history 8).
      const seats = listed.value;
      const acknowledged = await sendAgain(
        { log, lease },
        { gate: current, eventId, seats, requestId: "sweep" },
      );
      const confirmed = await confirm(current.epoch, eventId, acknowledged);
      if (confirmed > 0) {
        reporter.count("seats_swept", confirmed);
        reporter.info("sent pending seats again", { eventId, seats: seats.length, confirmed });
      }
      return confirmed;
    },
  };
}

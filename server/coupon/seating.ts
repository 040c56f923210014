/**
 * Seating: claims that arrive together go to the gate as one batch, and each user gets what the gate decided,
 * or, when the gate cannot speak, what the coupon table knows.
 */
import type { CouponEvent } from "./coupon-event.ts";
import type { Lease } from "./lease.ts";
import { CLAIM_QUEUE_MAX } from "./limits.ts";
import {
  CLAIM_BATCH_MAX,
  type ClaimDecision,
  type ClaimGate,
  type GateEpoch,
  NotSentError,
  type Reporter,
  type SeatRows,
} from "./ports.ts";
import type { Seat } from "./seat.ts";
import { type SelfClockedQueue, selfClockedQueue, type Ticket } from "./self-clocked-queue.ts";

export type Seating =
  /** what a script of this epoch said; to be told only while the lease for it holds */
  | { from: "gate"; gate: GateEpoch; issueLimit: number; decision: ClaimDecision }
  /** a row is a row, whatever the gate says */
  | { from: "row"; seat: Seat }
  /** the script may have run: a seat may be reserved */
  | { from: "unknown" }
  /** the script certainly wrote nothing */
  | { from: "nothing" };

export interface SeatingDesk {
  /** Each user at most once at a time. @returns null when the queue of this event is full. */
  ask(event: CouponEvent, userId: string): Ticket<Seating> | null;
}

export function createSeatingDesk(options: {
  gate: ClaimGate;
  rows: SeatRows;
  lease: Lease;
  reporter: Reporter;
}): SeatingDesk {
  const { gate, rows, lease, reporter } = options;
  const queues = new Map<number, SelfClockedQueue<string, Seating>>();

  async function seat(eventId: number, userIds: string[]): Promise<Seating[]> {
    const current = lease.current();
    if (!current) return fromRows(eventId, userIds, { from: "nothing" });
    try {
      const reply = await gate.claim({ epoch: current.epoch, eventId, userIds });
      if (!reply.fenced) {
        const { issueLimit, decisions } = reply.value;
        return decisions.map((decision) => ({ from: "gate", gate: current, issueLimit, decision }));
      }
      reporter.count("gate_fenced");
      return fromRows(eventId, userIds, { from: "nothing" });
    } catch (error) {
      reporter.count("gate_unknown");
      reporter.warn("asking the gate for seats failed", { eventId, users: userIds.length, error });
      return fromRows(eventId, userIds, { from: error instanceof NotSentError ? "nothing" : "unknown" });
    }
  }

  async function fromRows(eventId: number, userIds: string[], otherwise: Seating): Promise<Seating[]> {
    try {
      const found = new Map((await rows.findSeats(eventId, userIds)).map((row) => [row.userId, row]));
      return userIds.map((userId) => {
        const row = found.get(userId);
        return row ? { from: "row", seat: row } : otherwise;
      });
    } catch (error) {
      reporter.warn("reading rows instead of the gate failed", { eventId, error });
      return userIds.map(() => otherwise);
    }
  }

  return {
    ask(event, userId) {
      let queue = queues.get(event.id);
      if (!queue) {
        queue = selfClockedQueue({
          run: (userIds) => seat(event.id, userIds),
          batchMax: CLAIM_BATCH_MAX,
          lengthMax: CLAIM_QUEUE_MAX,
        });
        queues.set(event.id, queue);
      }
      return queue.push(userId);
    },
  };
}

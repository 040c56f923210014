/** Claiming: one press of the button, from the known event to an answer that is true whatever broke on the way. */
import type { ClaimOutcome, ClaimStatus } from "./claim-outcome.ts";
import { type ClaimRecord, RECORD_VERSION } from "./claim-record.ts";
import type { CouponEvent } from "./coupon-event.ts";
import type { Directory } from "./directory.ts";
import { UnknownEventError } from "./errors.ts";
import type { GateReadings } from "./gate-readings.ts";
import type { HandOff } from "./hand-off.ts";
import type { Lease } from "./lease.ts";
import { CLAIM_DEADLINE_MS, EVENT_LOOKUP_DEADLINE_MS, RETRY_AFTER_MS } from "./limits.ts";
import { createPatience } from "./patience.ts";
import type { ClaimDecision, Clock, GateEpoch, Reporter, SeatRows } from "./ports.ts";
import type { GateSeat, Seat } from "./seat.ts";
import type { Seating, SeatingDesk } from "./seating.ts";
import type { SoldOutMemory } from "./sold-out.ts";

export interface Claims {
  /**
   * Claims a seat, or finds the one the user has. Claims of one user and event in flight share one result.
   * Answers within 3 s: `EVENT_LOOKUP_DEADLINE_MS` for an event that is not on the list yet, and `CLAIM_DEADLINE_MS`.
   * @throws UnknownEventError
   */
  claim(call: { eventId: number; userId: string; requestId: string }): Promise<ClaimOutcome>;
  /** What the user holds; writes nothing. @throws UnknownEventError */
  status(call: { eventId: number; userId: string }): Promise<ClaimStatus>;
}

const unavailable = { status: "unavailable", retryAfterMs: RETRY_AFTER_MS } as const;

export function createClaims(parts: {
  directory: Directory;
  desk: SeatingDesk;
  handOff: HandOff;
  readings: GateReadings;
  soldOut: SoldOutMemory;
  rows: SeatRows;
  lease: Lease;
  clock: Clock;
  reporter: Reporter;
}): Claims {
  const { directory, desk, handOff, readings, soldOut, rows, lease, clock, reporter } = parts;
  /** By event and user, each in a shell that is emptied when the claim ends (docs/decisions/0022). */
  const inFlight = new Map<string, { outcome: Promise<ClaimOutcome> | null }>();
  const lookups = createPatience(clock, EVENT_LOOKUP_DEADLINE_MS);
  const claims = createPatience(clock, CLAIM_DEADLINE_MS);

  /** @returns null when it cannot be known now whether there is such an event */
  async function known(eventId: number): Promise<CouponEvent | null> {
    const listed = directory.known(eventId);
    if (listed) return listed;
    const lookup = directory.find(eventId).catch((error: unknown) => {
      reporter.warn("looking up an event failed", { eventId, error });
      return "unknown" as const;
    });
    const found = await lookups.within(lookup, () => "unknown" as const);
    if (found === "unknown") return null;
    if (!found) throw new UnknownEventError(eventId);
    return found;
  }

  /** Only while the operator wants claims: what else stands in the way is for the gate to say. */
  function remembered(event: CouponEvent, userId: string): ClaimOutcome | null {
    if (event.status !== "active" || !soldOut.covers(event.id, userId)) return null;
    reporter.count("sold_out_remembered");
    return { status: "sold_out" };
  }

  function shared(event: CouponEvent, userId: string, requestId: string): Promise<ClaimOutcome> {
    const key = `${event.id}|${userId}`;
    const underWay = inFlight.get(key)?.outcome;
    if (underWay) return underWay;
    const outcome = answer(event, userId, requestId);
    const shell: { outcome: Promise<ClaimOutcome> | null } = { outcome };
    const over = () => {
      inFlight.delete(key);
      shell.outcome = null;
    };
    inFlight.set(key, shell);
    outcome.then(over, over);
    return outcome;
  }

  function answer(event: CouponEvent, userId: string, requestId: string): Promise<ClaimOutcome> {
    if (event.status === "archived") return answerByRows(event, userId, { status: "closed" });
    // Turned away before the gate was asked: whoever hears this has used nothing.
    const ticket = handOff.full() ? null : desk.ask(event, userId);
    if (!ticket) return Promise.resolve(unavailable);
    const sinceMs = readings.nowMs();
    const decided = ticket.result.then((seating) => settle(event, seating, requestId));
    return claims.within(decided, () => (ticket.withdraw() ? unavailable : { status: "pending", sinceMs }));
  }

  function settle(
    event: CouponEvent,
    seating: Seating,
    requestId: string,
  ): ClaimOutcome | Promise<ClaimOutcome> {
    switch (seating.from) {
      case "row":
        return won(seating.seat, event.issueLimit, true);
      case "unknown":
        return { status: "pending", sinceMs: readings.nowMs() };
      case "nothing":
        return unavailable;
      case "gate": {
        const { decision, gate, issueLimit } = seating;
        if (decision.decision === "seated") return seated(event, decision, gate, issueLimit, requestId);
        if (!lease.holds(gate.epoch)) return unavailable;
        if (decision.decision === "sold_out") soldOut.noticed(event.id);
        return verdict(decision);
      }
    }
  }

  async function seated(
    event: CouponEvent,
    seat: GateSeat & { isNew: boolean },
    gate: GateEpoch,
    issueLimit: number,
    requestId: string,
  ): Promise<ClaimOutcome> {
    // A repeated claim of a pending seat produces the same record again: a retry heals itself.
    const mayBeTold = seat.pending
      ? await handOff.deliver(gate, claimRecord(event.id, seat, gate.epoch, requestId), seat)
      : lease.holds(gate.epoch);
    return mayBeTold ? won(seat, issueLimit, !seat.isNew) : { status: "pending", sinceMs: seat.claimedAtMs };
  }

  /** An archived event has rows and no gate: every seat had its row before the event was archived. */
  function answerByRows<T>(event: CouponEvent, userId: string, otherwise: T) {
    const answer = wonByRow(event, userId).then(
      (won) => won ?? otherwise,
      (error: unknown) => {
        reporter.warn("reading the row of an archived event failed", { eventId: event.id, error });
        return unavailable;
      },
    );
    return claims.within(answer, () => unavailable);
  }

  async function wonByRow(event: CouponEvent, userId: string) {
    const [row] = await rows.findSeats(event.id, [userId]);
    return row ? won(row, event.issueLimit, true) : null;
  }

  return {
    async claim({ eventId, userId, requestId }) {
      const event = await known(eventId);
      const answered = event
        ? (remembered(event, userId) ?? (await shared(event, userId, requestId)))
        : unavailable;
      reporter.count(
        answered.status === "won" && answered.repeat ? "claim_repeat" : `claim_${answered.status}`,
      );
      return answered;
    },

    async status({ eventId, userId }) {
      const event = await known(eventId);
      if (!event) return unavailable;
      if (event.status === "archived") return await answerByRows(event, userId, { status: "none" });
      const reading = await readings.read(eventId, userId);
      if (reading?.seat?.pending) return { status: "pending", sinceMs: reading.seat.claimedAtMs };
      if (reading?.seat) return won(reading.seat, reading.status.settings.limit, true);
      if (reading) return { status: "none" };
      return (await wonByRow(event, userId).catch(() => null)) ?? unavailable;
    },
  };
}

function won(seat: Seat, issueLimit: number, repeat: boolean) {
  return { status: "won", rank: seat.rank, issueLimit, claimedAtMs: seat.claimedAtMs, repeat } as const;
}

function verdict(decision: Exclude<ClaimDecision, { decision: "seated" }>): ClaimOutcome {
  return decision.decision === "not_open"
    ? { status: "not_open", opensAtMs: decision.opensAtMs }
    : { status: decision.decision };
}

/** The record of a seat, labelled with the epoch of the script that seated or listed it (history 8). */
export function claimRecord(eventId: number, seat: Seat, epoch: number, requestId: string): ClaimRecord {
  return {
    v: RECORD_VERSION,
    epoch,
    couponEventId: eventId,
    userId: seat.userId,
    rank: seat.rank,
    claimedAt: new Date(seat.claimedAtMs).toISOString(),
    requestId,
  };
}

/**
 * Reconciliation: whether an event's seats, rows and records agree, and mending what can be mended. The order of the
 * reads is what keeps work in flight from looking like a loss:
 *
 *   rows ⊆ seats   rows first, then the gate: a seat comes before its row and never goes within an epoch
 *   seats ⊆ rows   the gate first, then the end of the log, then the workers' way to it, then the rows: a seat that is
 *                  not pending has its record in the log, and a record that was passed is a row or accounted for
 *
 * A seat that should have a row and has none is sent again, as the sweeper does it.
 */
import { allRows } from "./build-event.ts";
import { compareSeats, DifferenceList } from "./compare-seats.ts";
import type { CouponEvent } from "./coupon-event.ts";
import { CannotCompareError, UnknownEventError } from "./errors.ts";
import type { LogWait } from "./log-progress.ts";
import { failedSeats, type MissingParts, settleMissing } from "./missing-rows.ts";
import type { EventSource, GateEpoch, SeatLedger, SeatLister } from "./ports.ts";
import type { Reconciliation } from "./reconciliation.ts";
import type { Seat } from "./seat.ts";

export type ReconcileParts = MissingParts & {
  events: EventSource;
  ledger: Pick<SeatLedger, "seatRows">;
  seats: SeatLister;
};

export interface Reconciler {
  /**
   * Needs the lease from beginning to end. An archived event is accounted for by its rows alone.
   * @param wait how long the workers get to read the log to its end
   * @throws CannotCompareError, UnknownEventError, or what a port throws; never a report that only looks clean
   */
  reconcile(eventId: number, wait: LogWait): Promise<Reconciliation>;
}

export function createReconciler(parts: ReconcileParts): Reconciler {
  return {
    async reconcile(eventId, wait) {
      const event = await parts.events.findEvent(eventId);
      if (!event) throw new UnknownEventError(eventId);
      return event.status === "archived"
        ? await accountOfRows(parts, event)
        : await compareWithGate(parts, eventId, wait);
    },
  };
}

async function compareWithGate(
  parts: ReconcileParts,
  eventId: number,
  wait: LogWait,
): Promise<Reconciliation> {
  const gate = parts.lease.current();
  if (!gate) throw new CannotCompareError("this process does not hold the lease of an epoch");
  const differences = new DifferenceList();
  const rows = await allRows(parts.ledger, eventId);
  const { seats, malformed } = await listSeats(parts, gate, eventId);
  const { withoutRow, pending } = compareSeats({ rows, seats, malformed }, differences);
  const settled = await settleMissing(parts, { gate, eventId, missing: withoutRow, wait, differences });
  // Only now: the limit grows, and a row within the new one may have been read before.
  const { issueLimit } = await eventNow(parts, eventId);
  noteAboveLimit(rows, issueLimit, differences);
  // A rebuild that has begun meanwhile may have dropped a seat that is asked for here.
  demandLease(parts, gate);
  return {
    ...{ eventId, epoch: gate.epoch, issueLimit, accepted: seats.length, pending },
    ...{ issued: rows.length + settled.found, parked: settled.parked, repaired: settled.repaired },
    ...(await conflictsOf(parts, eventId)),
    differences: differences.counts,
    examples: differences.examples,
  };
}

async function listSeats({ seats, lease }: ReconcileParts, gate: GateEpoch, eventId: number) {
  const reply = await seats.allSeats({ epoch: gate.epoch, eventId });
  if (reply.fenced)
    throw new CannotCompareError(`the gate of event ${eventId} does not speak (${reply.reason})`);
  demandLease({ lease }, gate);
  return reply.value;
}

/** Without it the list may be an old master's, or the seats those of an epoch that is over. */
function demandLease({ lease }: Pick<ReconcileParts, "lease">, { epoch }: GateEpoch): void {
  if (!lease.holds(epoch)) throw new CannotCompareError(`the lease of epoch ${epoch} has ended meanwhile`);
}

function noteAboveLimit(rows: readonly Seat[], limit: number, differences: DifferenceList): void {
  for (const row of rows)
    if (row.rank > limit) differences.add("row_above_limit", row, `the issue limit is ${limit}`);
}

async function eventNow({ events }: ReconcileParts, eventId: number): Promise<CouponEvent> {
  const event = await events.findEvent(eventId);
  if (!event) throw new UnknownEventError(eventId);
  return event;
}

async function conflictsOf({ accounts }: ReconcileParts, eventId: number) {
  const { stale_epoch: stale, ...alarming } = await accounts.conflictCounts(eventId);
  return { stale, conflicts: Object.values(alarming).reduce((sum, count) => sum + count, 0) };
}

/** Its gate is gone, and every seat had its row before that. */
async function accountOfRows(parts: ReconcileParts, event: CouponEvent): Promise<Reconciliation> {
  const differences = new DifferenceList();
  const rows = await allRows(parts.ledger, event.id);
  noteAboveLimit(rows, event.issueLimit, differences);
  const { parkedRecords } = await failedSeats(parts.accounts, event.id);
  return {
    ...{ eventId: event.id, epoch: null, issueLimit: event.issueLimit, accepted: null, issued: rows.length },
    ...{ pending: 0, parked: parkedRecords, repaired: 0 },
    ...(await conflictsOf(parts, event.id)),
    differences: differences.counts,
    examples: differences.examples,
  };
}

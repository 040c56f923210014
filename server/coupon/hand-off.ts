/**
 * The hand-off: a won seat goes into the claim log, and only an acknowledgement under the lease turns it into
 * "won". Whatever fails here is left as it is: the seat stays pending, and the sweeper produces the same record
 * again. No seat is ever given back.
 */
import type { ClaimRecord } from "./claim-record.ts";
import type { Lease } from "./lease.ts";
import {
  CONFIRM_BATCH_MAX,
  CONFIRM_CALLS_AT_ONCE,
  CONFIRM_QUEUE_MAX,
  LOG_BATCH_MAX,
  LOG_QUEUE_MAX,
} from "./limits.ts";
import type { ClaimGate, ClaimLog, GateEpoch, Reporter } from "./ports.ts";
import type { Seat } from "./seat.ts";
import { type SelfClockedQueue, selfClockedQueue } from "./self-clocked-queue.ts";

export interface HandOff {
  /** @returns true when the record is in the log and this process still speaks for its epoch. Never rejects. */
  deliver(gate: GateEpoch, record: ClaimRecord, seat: Seat): Promise<boolean>;
  /** Whether one more record might find no place: then nobody should be seated. */
  full(): boolean;
  /** Resolves when no confirmation is waiting or under way. For a clean stop. */
  settled(): Promise<void>;
}

type Delivery = { gate: GateEpoch; record: ClaimRecord; seat: Seat };
/** of one event, each user once, at most CONFIRM_BATCH_MAX */
type Confirmation = { epoch: number; seats: Seat[] };

export function createHandOff(options: {
  log: ClaimLog;
  gate: ClaimGate;
  lease: Lease;
  reporter: Reporter;
}): HandOff {
  const { log, gate: claimGate, lease, reporter } = options;
  const confirmations = new Map<number, SelfClockedQueue<Confirmation, void>>();

  const deliveries = selfClockedQueue<Delivery, boolean>({
    run: appendBatch,
    batchMax: LOG_BATCH_MAX,
    lengthMax: LOG_QUEUE_MAX,
  });

  async function appendBatch(batch: Delivery[]): Promise<boolean[]> {
    const acknowledged = new Array<boolean>(batch.length).fill(false);
    // A batch spans two epochs only in the second in which one ends; each epoch has its own topic.
    for (const [epochNumber, indexes] of groupIndexes(batch, (delivery) => delivery.gate.epoch)) {
      const first = batch[indexes[0] as number] as Delivery;
      const results = await log.append(
        first.gate,
        indexes.map((index) => (batch[index] as Delivery).record),
      );
      for (const [position, index] of indexes.entries()) acknowledged[index] = results[position] === true;
      // An acknowledgement that arrives after the lease ended may lie behind a marker that refuses it (history 6).
      if (lease.holds(epochNumber))
        confirmInBackground(
          epochNumber,
          indexes.filter((index) => acknowledged[index]).map((index) => batch[index] as Delivery),
        );
      const unknown = results.filter((result) => !result).length;
      if (unknown > 0) {
        reporter.count("log_unacknowledged", unknown);
        reporter.warn("the claim log did not acknowledge", { epoch: epochNumber, records: unknown });
      }
    }
    return acknowledged;
  }

  /** What was acknowledged together is confirmed together. Where there is no room, the sweeper finds the seats. */
  function confirmInBackground(epoch: number, delivered: readonly Delivery[]): void {
    for (const [eventId, group] of Map.groupBy(delivered, ({ record }) => record.couponEventId)) {
      // A retry may have sent the same seat twice; a script takes each user once.
      const byUser = new Map(group.map(({ seat }) => [seat.userId, seat]));
      const seats = [...byUser.values()];
      for (let start = 0; start < seats.length; start += CONFIRM_BATCH_MAX)
        queueOf(eventId).push({ epoch, seats: seats.slice(start, start + CONFIRM_BATCH_MAX) });
    }
  }

  function queueOf(eventId: number): SelfClockedQueue<Confirmation, void> {
    let queue = confirmations.get(eventId);
    if (!queue) {
      const run = (calls: Confirmation[]) => Promise.all(calls.map((call) => confirm(eventId, call)));
      queue = selfClockedQueue({ run, batchMax: CONFIRM_CALLS_AT_ONCE, lengthMax: CONFIRM_QUEUE_MAX });
      confirmations.set(eventId, queue);
    }
    return queue;
  }

  /** Never rejects: a seat that is not confirmed stays pending, and the sweeper sends the same record again. */
  async function confirm(eventId: number, { epoch, seats }: Confirmation): Promise<void> {
    if (!lease.holds(epoch)) return;
    try {
      const reply = await claimGate.confirm({ epoch, eventId, seats });
      if (reply.fenced) reporter.count("gate_fenced");
      else reporter.count("seats_confirmed", reply.value.removed);
    } catch (error) {
      reporter.count("gate_unknown");
      reporter.warn("confirming seats failed", { eventId, error });
    }
  }

  return {
    full: () => deliveries.waiting() >= LOG_QUEUE_MAX,
    deliver(gate, record, seat) {
      const ticket = deliveries.push({ gate, record, seat });
      if (!ticket) return Promise.resolve(false);
      return ticket.result.then((acknowledged) => acknowledged && lease.holds(gate.epoch));
    },
    async settled() {
      await Promise.all([...confirmations.values()].map((queue) => queue.idle()));
    },
  };
}

function groupIndexes<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return groups;
}

/** Examining the gate: the guardian's own finding that the gate may have forgotten something. */
import type { CouponEvent } from "./coupon-event.ts";
import type {
  Clock,
  EpochSource,
  Fenced,
  GateBuilder,
  GateReader,
  GateStatus,
  LogTopic,
  SeatLedger,
} from "./ports.ts";

/** A FENCE this young may be a first opening or a rebuild of another guardian under way. */
const FENCE_PATIENCE_MS = 3000;

export type Findings = {
  /** why a rebuild is needed, or null */
  rebuild: string | null;
  /** per opened event what its gate said; missing where it could not speak */
  statuses: Map<number, GateStatus>;
};

export interface Examiner {
  /**
   * @param events every event that is not archived
   * @param closed events whose gate stays closed in this epoch by an earlier finding: their FENCE is no news
   * @throws what a port throws: not knowing is no finding
   */
  examine(events: readonly CouponEvent[], closed: ReadonlySet<number>): Promise<Findings>;
}

export function createExaminer(parts: {
  epochs: EpochSource;
  builder: GateBuilder;
  reader: GateReader;
  ledger: SeatLedger;
  clock: Clock;
  target: LogTopic;
}): Examiner {
  const { epochs, builder, reader, ledger, clock, target } = parts;
  const fencedSince = new Map<number, { epoch: number; sinceMs: number }>();

  function fencedTooLong(eventId: number, epoch: number, reply: Fenced<unknown>): boolean {
    if (!reply.fenced) {
      fencedSince.delete(eventId);
      return false;
    }
    const known = fencedSince.get(eventId);
    const nowMs = clock.monotonicMs();
    if (known?.epoch !== epoch) {
      fencedSince.set(eventId, { epoch, sinceMs: nowMs });
      return false;
    }
    return nowMs - known.sinceMs >= FENCE_PATIENCE_MS;
  }

  async function examineEvents(events: readonly CouponEvent[], epoch: number): Promise<Findings> {
    // Rows first, then the gate: a row that comes in between is no contradiction.
    const highestRanks = await ledger.highestRanks(events.map((event) => event.id));
    const statuses = new Map<number, GateStatus>();
    let reason: string | null = null;
    for (const { id: eventId } of events) {
      const reply = await reader.status({ epoch, eventId, userIds: [] });
      if (fencedTooLong(eventId, epoch, reply)) reason ??= `the gate of event ${eventId} is fenced`;
      if (reply.fenced) continue;
      statuses.set(eventId, reply.value);
      if ((highestRanks.get(eventId) ?? 0) > reply.value.next)
        reason ??= `event ${eventId} has a row above the gate's highest rank`;
    }
    return { rebuild: reason, statuses };
  }

  return {
    async examine(events, closed) {
      const nothing = { statuses: new Map<number, GateStatus>() };
      const current = await epochs.currentEpoch();
      if (current.epoch === 0) return { ...nothing, rebuild: "the first gate" };
      if (current.topic !== target.topic || current.partitions !== target.partitions)
        return { ...nothing, rebuild: "topic or number of partitions changed in the settings" };
      if (!(await builder.scriptsLoaded(current.epoch)))
        return { ...nothing, rebuild: "a master does not know the epoch's scripts" };
      const opened = events.filter((event) => event.openedEpoch !== null && !closed.has(event.id));
      return await examineEvents(opened, current.epoch);
    },
  };
}

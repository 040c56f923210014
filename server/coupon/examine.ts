/** Examining the gate: the guardian's own finding that the gate may have forgotten something. */
import type { CouponEvent } from "./coupon-event.ts";
import type { Doubts } from "./doubts.ts";
import type {
  Clock,
  EpochSource,
  Fenced,
  GateBuilder,
  GateEpoch,
  GateReader,
  GateStatus,
  LogTopic,
  Reporter,
  SeatLedger,
} from "./ports.ts";

/** A FENCE this young may be a first opening or a rebuild of another guardian under way. */
const FENCE_PATIENCE_MS = 3000;

export type Findings = {
  /** why a rebuild is needed, or null */
  rebuild: string | null;
  /** topic and partitions that a rebuild should begin its epoch with */
  target: LogTopic;
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
  /** what the comparison of seats and rows has found */
  doubts: Doubts;
  clock: Clock;
  reporter: Reporter;
  /** topic and partitions of this worker's settings */
  target: LogTopic;
}): Examiner {
  const { epochs, builder, reader, ledger, doubts, clock, reporter, target } = parts;
  /** Whether an epoch of these settings was seen: one with others after it was begun by a worker with newer settings. */
  let settingsSeen = false;
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

  /**
   * The settings decide, once. If every worker insisted on its own, two with different settings would begin epochs in
   * turns for ever.
   */
  function wantedTarget({ topic, partitions }: GateEpoch): LogTopic {
    const current = { topic, partitions };
    const same = topic === target.topic && partitions === target.partitions;
    if (same) settingsSeen = true;
    if (same || !settingsSeen) return target;
    reporter.warn("another worker has other settings for the claim log; this one follows the epoch's", {
      settings: target,
      current,
    });
    return current;
  }

  async function examineEvents(events: readonly CouponEvent[], epoch: number) {
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
      const current = await epochs.currentEpoch();
      const wanted = wantedTarget(current);
      const nothing = { statuses: new Map<number, GateStatus>(), target: wanted };
      if (current.epoch === 0) return { ...nothing, rebuild: "the first gate" };
      if (current.topic !== wanted.topic || current.partitions !== wanted.partitions)
        return { ...nothing, rebuild: "topic or number of partitions changed in the settings" };
      if (!(await builder.scriptsLoaded(current.epoch)))
        return { ...nothing, rebuild: "a master does not know the epoch's scripts" };
      const doubt = doubts.about(current.epoch);
      if (doubt !== null) return { ...nothing, rebuild: doubt };
      const opened = events.filter((event) => event.openedEpoch !== null && !closed.has(event.id));
      return { ...(await examineEvents(opened, current.epoch)), target: wanted };
    },
  };
}

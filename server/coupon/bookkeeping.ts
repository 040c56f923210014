/**
 * Bookkeeping: the guardian's regular comparison of how many seats and rows each event has. It is cheap, and calls
 * for a full reconciliation only where the numbers cannot be explained by work in flight.
 */
import type { CouponEvent } from "./coupon-event.ts";
import type { Doubts } from "./doubts.ts";
import { CannotCompareError } from "./errors.ts";
import type { Lease } from "./lease.ts";
import { isLogRead, topicsOf } from "./log-progress.ts";
import type {
  Clock,
  EpochStore,
  EventAccounts,
  EventSource,
  GateEpoch,
  GateReader,
  GateStatus,
  LogProgress,
  Reporter,
} from "./ports.ts";
import type { Reconciler } from "./reconcile.ts";
import { contradiction, differenceCount } from "./reconciliation.ts";

/** A rebuild is asked for once in this time for one event: one that cures nothing must not close all gates again. */
const DOUBT_EVERY_MS = 600_000;

export interface Bookkeeper {
  /**
   * Compares every opened event, and reconciles those whose numbers do not add up. Does nothing without the lease.
   * @throws what a port throws: not knowing calls for nothing but the next round
   */
  compare(signal: AbortSignal): Promise<void>;
}

export function createBookkeeper(
  parts: {
    events: EventSource;
    accounts: EventAccounts;
    reader: GateReader;
    epochs: Pick<EpochStore, "logTopics">;
    progress: LogProgress;
    lease: Lease;
    reconciler: Reconciler;
    doubts: Doubts;
    clock: Clock;
    reporter: Reporter;
  },
  options: { logWaitMs: number },
): Bookkeeper {
  const { events, accounts, reader, epochs, progress, lease, reconciler, doubts, clock, reporter } = parts;
  /** rows of each event at the last round */
  let rowsBefore = new Map<number, number>();
  /** seats without a row that a reconciliation has found to be parked, per event */
  const explained = new Map<number, number>();
  const differences = new Map<number, number>();
  const doubtedAtMs = new Map<number, number>();

  async function statusesOf(live: readonly CouponEvent[], { epoch }: GateEpoch) {
    const statuses = new Map<number, GateStatus>();
    for (const { id: eventId } of live) {
      const reply = await reader.status({ epoch, eventId, userIds: [] });
      if (!reply.fenced) statuses.set(eventId, reply.value);
    }
    return statuses;
  }

  async function reconcile(eventId: number, gap: number, gate: GateEpoch, signal: AbortSignal) {
    try {
      const report = await reconciler.reconcile(eventId, { logWaitMs: options.logWaitMs, signal });
      const open = differenceCount(report);
      if (open === 0) {
        differences.delete(eventId);
        explained.set(eventId, gap - report.repaired);
        return;
      }
      differences.set(eventId, open);
      reporter.alarm("seats and rows of an event differ", { ...report });
      doubt(eventId, contradiction(report), gate);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CannotCompareError)
        reporter.info("an event cannot be reconciled just now", { eventId, reason: error.message });
      else reporter.warn("reconciling an event failed", { eventId, error });
    }
  }

  function doubt(eventId: number, reason: string | null, { epoch }: GateEpoch): void {
    const nowMs = clock.monotonicMs();
    const lastMs = doubtedAtMs.get(eventId);
    if (reason === null || (lastMs !== undefined && nowMs - lastMs < DOUBT_EVERY_MS)) return;
    doubtedAtMs.set(eventId, nowMs);
    doubts.raise(epoch, reason);
  }

  function report(gap: number): void {
    let open = 0;
    for (const count of differences.values()) open += count;
    reporter.gauge("seats_without_row", gap);
    reporter.gauge("reconcile_differences", open);
  }

  return {
    async compare(signal) {
      const gate = lease.current();
      if (!gate) return;
      const live = (await events.liveEvents()).filter(({ openedEpoch }) => openedEpoch !== null);
      // The gate first, then the log, then the rows: by then each seat that was not pending has its row.
      const statuses = await statusesOf(live, gate);
      const isRead = await isLogRead(progress, topicsOf(gate, await epochs.logTopics()));
      const rows = await accounts.rowCounts(live.map(({ id }) => id));
      if (!lease.holds(gate.epoch)) return;
      let allGaps = 0;
      for (const [eventId, { next, free, pending }] of statuses) {
        if (signal.aborted) return;
        const holders = next - free;
        const gap = Math.max(0, holders - pending - (rows.get(eventId) ?? 0));
        allGaps += gap;
        // Rows of the round before: those had their seats by now, or the gate has forgotten some.
        const forgot = (rowsBefore.get(eventId) ?? 0) > holders;
        const isOpen = gap !== (explained.get(eventId) ?? 0) || differences.has(eventId);
        if (forgot || (isRead && isOpen)) await reconcile(eventId, gap, gate, signal);
      }
      const ids = new Set(live.map(({ id }) => id));
      for (const known of [explained, differences, doubtedAtMs])
        for (const eventId of known.keys()) if (!ids.has(eventId)) known.delete(eventId);
      rowsBefore = rows;
      if (isRead) report(allGaps);
    },
  };
}

/**
 * The guardian: one look at the gates, and whatever it calls for. Roots run `tick` every second; any number of
 * guardians may run at once.
 */
import { openFirstTime } from "./build-event.ts";
import { type CouponEvent, gateSettings } from "./coupon-event.ts";
import type { Examiner, Findings } from "./examine.ts";
import type { Lease } from "./lease.ts";
import { type GateConfigurer, type GateStatus, LIMIT_RAISE_DELAY_MS, type LogTopic } from "./ports.ts";
import { type RebuildOptions, type RebuildParts, rebuild } from "./rebuild.ts";
import type { Sweeper } from "./sweep.ts";

/** Between two attempts at a rebuild; grows to its maximum while attempts fail. */
const BACK_OFF_MS = 250;
const BACK_OFF_MAX_MS = 5000;
/**
 * After this time an event that could not be built is tried again, with a new epoch. Each time twice as long, because
 * an epoch closes the other gates for some seconds too.
 */
const CLOSED_EVENT_RETRY_MS = 60_000;
const CLOSED_EVENT_RETRY_MAX_MS = 3_600_000;

export interface Guardian {
  /** Never overlaps with itself. @throws what a port throws: not knowing calls for nothing but the next tick */
  tick(signal: AbortSignal): Promise<void>;
}

export function createGuardian(
  parts: RebuildParts & {
    examiner: Examiner;
    configurer: GateConfigurer;
    sweeper: Sweeper;
    lease: Lease;
  },
  options: Omit<RebuildOptions, "target">,
): Guardian {
  const { examiner, configurer, sweeper, lease, epochs, events, clock, reporter } = parts;
  /** Events that a rebuild of this guardian had to leave closed, when they are tried again, and after what time. */
  const closed = new Map<number, { retryAtMs: number; waitMs: number }>();
  let backOffMs = BACK_OFF_MS;

  function stillClosed(): ReadonlySet<number> {
    const nowMs = clock.monotonicMs();
    return new Set([...closed].flatMap(([eventId, { retryAtMs }]) => (nowMs < retryAtMs ? [eventId] : [])));
  }

  async function examineNow() {
    try {
      const live = await events.liveEvents();
      const findings = await examiner.examine(live, stillClosed());
      report(findings);
      return { live, findings };
    } catch (error) {
      reporter.gauge("gate_open", 0);
      throw error;
    }
  }

  function report({ rebuild: reason, statuses }: Findings): void {
    reporter.gauge("gate_open", reason === null ? 1 : 0);
    reporter.gauge("events_closed", closed.size);
    reporter.gauge("epoch", lease.current()?.epoch ?? 0);
    let pending = 0;
    for (const status of statuses.values()) pending += status.pending;
    reporter.gauge("seats_pending", pending);
  }

  /** One attempt for each time the lock is held, so that a guardian that cannot do it leaves it to another one. */
  async function rebuildUnderLock(signal: AbortSignal): Promise<void> {
    try {
      const held = await epochs.withRebuildLock(async () => {
        // Look again: another guardian may have finished while this one waited for the lock.
        const { findings } = await examineNow();
        if (findings.rebuild !== null) await rebuildOnce(findings.rebuild, findings.target, signal);
        return true;
      });
      backOffMs = BACK_OFF_MS;
      if (held === null) await clock.sleep(backOffMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      reporter.warn("the rebuild failed and begins again with a new epoch", { error });
      await clock.sleep(backOffMs, signal);
      backOffMs = Math.min(2 * backOffMs, BACK_OFF_MAX_MS);
    }
  }

  async function rebuildOnce(reason: string, target: LogTopic, signal: AbortSignal): Promise<void> {
    const result = await rebuild(parts, { ...options, target, reason, signal });
    await lease.refresh();
    const before = new Map(closed);
    closed.clear();
    for (const eventId of result.closed.keys()) {
      const lastMs = before.get(eventId)?.waitMs ?? CLOSED_EVENT_RETRY_MS / 2;
      const waitMs = Math.min(2 * lastMs, CLOSED_EVENT_RETRY_MAX_MS);
      closed.set(eventId, { retryAtMs: clock.monotonicMs() + waitMs, waitMs });
    }
  }

  /** Tried once: whatever goes wrong is found as a fenced event and left to the rebuild (history 24). */
  async function openNew(event: CouponEvent, epoch: number): Promise<void> {
    if (!(await epochs.setOpenedEpoch(event.id, epoch))) return;
    await openFirstTime(parts, { event, epoch });
    reporter.info("opened the gate of a new event", { eventId: event.id, epoch });
  }

  /** Settings changed while the gate was being rebuilt, or by a command that died, reach it here (history 19). */
  async function applySettings(event: CouponEvent, status: GateStatus, epoch: number): Promise<void> {
    // A longer wait than the delay: the gate's clock was set back since the limit was raised, and configure shortens it.
    const raiseIsStuck = status.limitEffectiveInMs > LIMIT_RAISE_DELAY_MS;
    if (event.version <= status.settings.version && !raiseIsStuck) return;
    const reply = await configurer.configure({ epoch, eventId: event.id, settings: gateSettings(event) });
    if (reply.fenced) return;
    reporter.info("the gate obeys new settings", { eventId: event.id, version: reply.value.version });
  }

  async function care(event: CouponEvent, status: GateStatus | undefined, epoch: number): Promise<void> {
    if (event.openedEpoch === null) return await openNew(event, epoch);
    if (!status) return;
    await applySettings(event, status, epoch);
    if (status.pending > 0) await sweeper.sweep(event.id);
  }

  return {
    async tick(signal) {
      const { live, findings } = await examineNow();
      if (findings.rebuild !== null) return await rebuildUnderLock(signal);
      const current = lease.current() ?? (await lease.refresh().then(() => lease.current()));
      if (!current) return;
      for (const event of live) {
        if (signal.aborted) return;
        try {
          await care(event, findings.statuses.get(event.id), current.epoch);
        } catch (error) {
          // One event's trouble must not keep the others waiting; the next tick finds it again.
          reporter.warn("caring for an event failed", { eventId: event.id, error });
        }
      }
    },
  };
}

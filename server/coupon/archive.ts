/**
 * Archiving: an event that is over and whose seats all have their rows gives its place in the gate back. From then on
 * MySQL alone answers for it, and that cannot be undone. The order of the steps is what makes it safe:
 *
 *   1. closed in MySQL, and the gate says so: no script of this or a later epoch seats anybody any more
 *   2. reconciled without a difference, nothing pending, nothing parked: every promise is a row
 *   3. archived in MySQL, only if nobody has changed the event since step 1
 *   4. only then its keys go
 */
import { type CouponEvent, gateSettings } from "./coupon-event.ts";
import { CannotCompareError, UnknownEventError } from "./errors.ts";
import type { Lease } from "./lease.ts";
import type { LogWait } from "./log-progress.ts";
import type {
  Clock,
  EpochStore,
  EventArchive,
  EventSource,
  GateConfigurer,
  GateReader,
  GateRemover,
  GateStatus,
  Reporter,
} from "./ports.ts";
import type { Reconciler } from "./reconcile.ts";
import { openMatters, type Reconciliation } from "./reconciliation.ts";

/** An open gate obeys at once; one that is being rebuilt is better asked again later. */
const OBEY_TIMEOUT_MS = 5000;
const POLL_MS = 100;

export type ArchiveOutcome =
  /** `reconciliation` is null when it was archived before. `keysGone` false: the guardian removes them later. */
  | { status: "archived"; reconciliation: Reconciliation | null; keysGone: boolean }
  /** `mayPass`: the same call may succeed a little later, without anybody doing anything. */
  | { status: "refused"; reasons: string[]; mayPass: boolean };
type Refused = Extract<ArchiveOutcome, { status: "refused" }>;

export interface Archiver {
  /** Idempotent. @throws UnknownEventError, or what a port throws: it can then be done again */
  archive(eventId: number, wait: LogWait): Promise<ArchiveOutcome>;
  /** Removes the keys of an event that MySQL calls archived. @returns false when that has to wait */
  removeKeys(eventId: number): Promise<boolean>;
}

export function createArchiver(parts: {
  events: EventSource;
  archive: EventArchive;
  gate: GateReader & GateConfigurer & GateRemover;
  epochs: Pick<EpochStore, "withRebuildLock">;
  reconciler: Reconciler;
  lease: Lease;
  clock: Clock;
  reporter: Reporter;
}): Archiver {
  const { events, archive, gate, epochs, reconciler, lease, clock, reporter } = parts;

  /** The gate's word under the lease; null when it does not speak. */
  async function askGate(eventId: number): Promise<{ epoch: number; status: GateStatus } | null> {
    const current = lease.current();
    if (!current) return null;
    const { epoch } = current;
    const reply = await gate.status({ epoch, eventId, userIds: [] });
    return reply.fenced || !lease.holds(epoch) ? null : { epoch, status: reply.value };
  }

  /** Step 1 in MySQL. An end by the clock becomes one by status: clocks can be set back. */
  async function close(event: CouponEvent): Promise<CouponEvent | Refused> {
    if (event.openedEpoch === null) return refused(["its gate was never opened: a worker must run"], true);
    if (event.status === "closed") return event;
    const answer = await askGate(event.id);
    if (!answer) return gateIsSilent();
    const { closesAtMs } = gateSettings(event);
    if (closesAtMs === null || answer.status.nowMs < closesAtMs)
      return refused(["its claims are not over: close it first (event:set --status closed)"]);
    const version = await archive.endEvent({ eventId: event.id, version: event.version, status: "closed" });
    return version === null ? changedMeanwhile() : { ...event, status: "closed", version };
  }

  /** Step 1 in the gate: believed only from its own status, under the lease. */
  async function gateObeys(event: CouponEvent): Promise<boolean> {
    const untilMs = clock.monotonicMs() + OBEY_TIMEOUT_MS;
    for (;;) {
      const answer = await askGate(event.id);
      if (answer) {
        const { version, status } = answer.status.settings;
        if (version >= event.version) return status === "closed";
        await gate.configure({ epoch: answer.epoch, eventId: event.id, settings: gateSettings(event) });
      }
      if (clock.monotonicMs() >= untilMs) return false;
      await clock.sleep(POLL_MS);
    }
  }

  /** Step 2. */
  async function reconcile(eventId: number, wait: LogWait): Promise<Reconciliation | Refused> {
    try {
      const report = await reconciler.reconcile(eventId, wait);
      const open = openMatters(report);
      const onlyPending = open.length === 1 && report.pending > 0;
      return open.length === 0 ? report : refused(open, onlyPending);
    } catch (error) {
      if (error instanceof CannotCompareError) return refused([error.message], true);
      throw error;
    }
  }

  /** Step 4. The lock keeps it out of a rebuild, which would begin again if the keys went under its hands. */
  async function removeKeys(eventId: number): Promise<boolean> {
    try {
      const removed = await epochs.withRebuildLock(async () => {
        await gate.forget(eventId);
        return true;
      });
      return removed === true;
    } catch (error) {
      reporter.warn("the keys of an archived event could not be removed yet", { eventId, error });
      return false;
    }
  }

  return {
    removeKeys,
    async archive(eventId, wait) {
      const event = await events.findEvent(eventId);
      if (!event) throw new UnknownEventError(eventId);
      if (event.status === "archived")
        return { status: "archived", reconciliation: null, keysGone: await removeKeys(eventId) };

      const closed = await close(event);
      if ("reasons" in closed) return closed;
      if (!(await gateObeys(closed))) return gateIsSilent();
      const reconciliation = await reconcile(eventId, wait);
      if ("reasons" in reconciliation) return reconciliation;
      // Whoever has opened the event again since step 1 has raised its version.
      const { version } = closed;
      if ((await archive.endEvent({ eventId, version, status: "archived" })) === null)
        return changedMeanwhile();
      reporter.count("events_archived");
      reporter.info("an event is archived: MySQL alone answers for it now", {
        eventId,
        coupons: reconciliation.issued,
      });
      return { status: "archived", reconciliation, keysGone: await removeKeys(eventId) };
    },
  };
}

function refused(reasons: string[], mayPass = false): Refused {
  return { status: "refused", reasons, mayPass };
}

function gateIsSilent(): Refused {
  return refused(
    ["its gate does not confirm that it is closed: it is being rebuilt, or somebody changed it"],
    true,
  );
}

function changedMeanwhile(): Refused {
  return refused(["somebody changed it meanwhile: look again"]);
}

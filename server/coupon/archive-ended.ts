/** The guardian's part of archiving: events that have been over for long enough, one after the other. */
import type { Archiver } from "./archive.ts";
import { ARCHIVE_RETRY_MS, FORGET_EVERY_MS } from "./limits.ts";
import type { LogWait } from "./log-progress.ts";
import type { Clock, EventArchive, Reporter } from "./ports.ts";

/** Events that are looked at in one round, until one is found that did not refuse lately. */
const CANDIDATES_MAX = 1000;

export interface ArchiveRounds {
  /** Archives at most one event. Never overlaps with itself. @throws what a port throws */
  round(signal: AbortSignal): Promise<void>;
}

/** @param options.afterHours how long the claims of an event must have been over; 0: nothing is archived by itself */
export function createArchiveRounds(
  parts: { archive: EventArchive; archiver: Archiver; clock: Clock; reporter: Reporter },
  options: { afterHours: number; logWaitMs: number },
): ArchiveRounds {
  const { archive, archiver, clock, reporter } = parts;
  const { afterHours, logWaitMs } = options;
  /** when an event that refused is tried again */
  const resting = new Map<number, number>();
  let forgetAtMs = 0;

  /** A rebuild that had read an event before it was archived may have made its keys anew. */
  async function forgetAgain(signal: AbortSignal): Promise<void> {
    if (clock.monotonicMs() < forgetAtMs) return;
    for (const eventId of await archive.recentlyArchived()) {
      if (signal.aborted) return;
      await archiver.removeKeys(eventId);
    }
    forgetAtMs = clock.monotonicMs() + FORGET_EVERY_MS;
  }

  async function archiveOne(wait: LogWait): Promise<void> {
    const ended = await archive.endedEvents({ endedForHours: afterHours, limit: CANDIDATES_MAX });
    const nowMs = clock.monotonicMs();
    const eventId = ended.find((id) => (resting.get(id) ?? 0) <= nowMs);
    if (eventId === undefined) return;
    // Before the attempt: one that throws must not be the first again in the next round.
    resting.set(eventId, nowMs + ARCHIVE_RETRY_MS);
    const outcome = await archiver.archive(eventId, wait);
    if (outcome.status === "archived") resting.delete(eventId);
    else reporter.warn("an event is over and cannot be archived yet", { eventId, reasons: outcome.reasons });
  }

  return {
    async round(signal) {
      await forgetAgain(signal);
      if (afterHours > 0 && !signal.aborted) await archiveOne({ logWaitMs, signal });
    },
  };
}

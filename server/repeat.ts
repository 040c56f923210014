/** A task that runs again and again for as long as the process lives: the lease, the guardian, the list of events. */
import type { Clock, Reporter } from "#server/coupon/ports";

/**
 * Runs the task at once, and again `everyMs` after each run has ended, so that runs never overlap. A failure does
 * not keep the next run away; a row of equal ones is reported once, and the first run that works again.
 * @param options.onFirstRun called when the first run has ended, well or not
 * @returns when the signal is aborted and the last run has ended. Never rejects.
 */
export async function repeat(options: {
  what: string;
  everyMs: number;
  task: (signal: AbortSignal) => Promise<unknown>;
  signal: AbortSignal;
  clock: Clock;
  reporter: Pick<Reporter, "info" | "warn">;
  onFirstRun?: () => void;
}): Promise<void> {
  const { what, everyMs, task, signal, clock, reporter, onFirstRun } = options;
  let lastFailure: string | null = null;
  for (let first = true; !signal.aborted; first = false) {
    try {
      await task(signal);
      if (lastFailure !== null) reporter.info(`${what} works again`);
      lastFailure = null;
    } catch (error) {
      // A task that was told to stop may end with whatever its interruption threw.
      if (!signal.aborted && String(error) !== lastFailure)
        reporter.warn(`${what} failed, and is tried again`, { error });
      lastFailure = String(error);
    }
    if (first) onFirstRun?.();
    await clock.sleep(everyMs, signal);
  }
}

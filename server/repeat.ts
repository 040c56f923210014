/** A task that runs again and again for as long as the process lives: the lease, the guardian, the list of events. */
import type { Clock, Reporter } from "#server/coupon/ports";

/**
 * Runs the task at once, and again `everyMs` after each run has ended, so that runs never overlap. A failure does
 * not keep the next run away; a row of equal ones is reported once, and the first run that works again.
 * @param options.onFirstSuccess called when the first run has ended well
 * @returns when the signal is aborted and the last run has ended. Never rejects.
 */
export async function repeat(options: {
  what: string;
  everyMs: number;
  task: (signal: AbortSignal) => Promise<unknown>;
  signal: AbortSignal;
  clock: Clock;
  reporter: Pick<Reporter, "info" | "warn">;
  onFirstSuccess?: () => void;
}): Promise<void> {
  const { what, everyMs, task, signal, clock, reporter } = options;
  let { onFirstSuccess } = options;
  let lastFailure: string | null = null;
  while (!signal.aborted) {
    try {
      await task(signal);
      if (lastFailure !== null) reporter.info(`${what} works again`);
      lastFailure = null;
      onFirstSuccess?.();
      onFirstSuccess = undefined;
    } catch (error) {
      // A task that was told to stop may end with whatever its interruption threw.
      if (!signal.aborted && String(error) !== lastFailure)
        reporter.warn(`${what} failed, and is tried again`, { error });
      lastFailure = String(error);
    }
    await clock.sleep(everyMs, signal);
  }
}

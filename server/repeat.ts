/** A task that runs again and again for as long as the process lives: the lease, the guardian, the list of events. */
import type { Clock } from "#server/coupon/ports";

/**
 * Runs the task at once, and again `everyMs` after each run has ended, so that runs never overlap. An error of
 * one run is reported and does not keep the next one away.
 * @returns when the signal is aborted and the last run has ended. Never rejects, unless `onError` throws.
 */
export async function repeat(options: {
  everyMs: number;
  task: (signal: AbortSignal) => Promise<unknown>;
  signal: AbortSignal;
  clock: Clock;
  onError: (error: unknown) => void;
}): Promise<void> {
  const { everyMs, task, signal, clock, onError } = options;
  while (!signal.aborted) {
    try {
      await task(signal);
    } catch (error) {
      // A task that was told to stop may end with whatever its interruption threw.
      if (!signal.aborted) onError(error);
    }
    await clock.sleep(everyMs, signal);
  }
}

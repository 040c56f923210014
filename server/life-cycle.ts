/** How a process ends: asked to, it stops well; in any other case it says why and ends at once, for a supervisor to start it anew. */
import type { Log } from "./log.ts";

const signals = ["SIGTERM", "SIGINT"] as const;

/**
 * First signal: `stop`, then exit code 0, or 1 when it failed, returned false or took longer than `deadlineMs`.
 * Second signal: exit code 1 at once. An error that nobody caught: the state of the process is unknown, exit code 1.
 */
export function onStopSignal(options: { log: Log; deadlineMs: number; stop: () => Promise<boolean> }): void {
  const { log, deadlineMs, stop } = options;
  let stopping = false;

  async function onSignal(signal: string): Promise<void> {
    if (stopping) {
      log.warn({ signal }, "asked twice to stop, ending at once");
      process.exit(1);
    }
    stopping = true;
    log.info({ signal }, "stopping");
    setTimeout(() => {
      log.error({ deadlineMs }, "stopping took too long");
      process.exit(1);
    }, deadlineMs).unref();
    const clean = await stop();
    log.info({ clean }, "stopped");
    process.exit(clean ? 0 : 1);
  }

  for (const signal of signals) process.on(signal, () => void onSignal(signal));
  for (const event of ["uncaughtException", "unhandledRejection"] as const)
    process.on(event, (error: unknown) => {
      log.fatal({ error }, `ending: ${event}`);
      process.exit(1);
    });
}

/** One line when something that repeats every second begins to fail, and one when it works again. */
import type { Reporter } from "#server/coupon/ports";

/** @returns the task, and what to call with its errors: a row of equal ones is reported once */
export function reportOnce(options: {
  what: string;
  task: () => Promise<unknown>;
  reporter: Pick<Reporter, "info" | "warn">;
}): { run: () => Promise<void>; failed: (error: unknown) => void } {
  const { what, task, reporter } = options;
  let lastMessage: string | null = null;
  return {
    async run() {
      await task();
      if (lastMessage !== null) reporter.info(`${what} works again`);
      lastMessage = null;
    },
    failed(error) {
      const message = String(error);
      if (message !== lastMessage) reporter.warn(`${what} failed, and is tried again`, { error });
      lastMessage = message;
    },
  };
}

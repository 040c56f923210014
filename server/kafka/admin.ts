/** One connection for questions about topics and groups, opened when the first one is asked. */
import type { Admin } from "kafkajs";
import { withDeadline } from "./deadline.ts";

export type WithAdmin = <T>(what: string, ask: (admin: Admin) => Promise<T>) => Promise<T>;

const DEADLINE_MS = 5_000;

export function lazyAdmin(open: () => Admin): { withAdmin: WithAdmin; close(): Promise<void> } {
  let current: { admin: Admin; connected: Promise<void> } | null = null;

  async function close() {
    const closing = current;
    current = null;
    if (closing) await withDeadline(closing.admin.disconnect(), DEADLINE_MS, "disconnecting").catch(() => {});
  }

  return {
    close,
    async withAdmin(what, ask) {
      const asked = async () => {
        if (!current) {
          const admin = open();
          current = { admin, connected: admin.connect() };
        }
        const { admin, connected } = current;
        await connected;
        return ask(admin);
      };
      try {
        return await withDeadline(asked(), DEADLINE_MS, what);
      } catch (cause) {
        // A connection that failed or hangs is not asked again; the next question opens a new one.
        void close();
        throw cause;
      }
    },
  };
}

/** What all statements of one open transaction share: the way over the wire, and waiting for a lock. */
import type { OpenTransaction } from "./database.ts";

/** Carries the effect out in the transaction, on the server's side of the wire. */
export type Run = <R>(
  what: string,
  args: unknown,
  effect: (open: OpenTransaction) => R | Promise<R>,
) => Promise<R>;

/** Goes on at once when nobody holds the lock, else when they have ended. */
export function whenFree<T>(holder: () => OpenTransaction | undefined, run: () => T): T | Promise<T> {
  const first = holder();
  return first ? first.ended.then(() => whenFree(holder, run)) : run();
}

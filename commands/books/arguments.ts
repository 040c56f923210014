/** The arguments that reconciling and archiving share: which event, and how long to wait for it. */
import { eventId, readOptions, wholeNumber } from "../lib/options.ts";

const WAIT_S = 60;
const WAIT_MAX_S = 3600;

/** @throws UsageError */
export function readBooksWish(args: string[]): { id: number; waitMs: number } {
  const given = readOptions(args, { event: "one", wait: "one" });
  const id = eventId(given.event);
  const waitS = wholeNumber("--wait", given.wait ?? String(WAIT_S), { min: 0, max: WAIT_MAX_S });
  return { id, waitMs: 1000 * waitS };
}

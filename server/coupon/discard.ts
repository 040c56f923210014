/**
 * Discarding parked records: an operator gives up a seat that nobody shall get by it. The rank comes back with the
 * next rebuild and no sooner: a copy of the record may still stand unread in the log, and only the drain knows.
 */

import { parseRecord } from "./claim-record.ts";
import { placeOf, type Standing } from "./insert-rows.ts";
import type { FailedState, FailedStore } from "./ports.ts";
import { sameSeat } from "./seat.ts";

export type DiscardOutcome =
  /** `ids`: the record, and every other parked one of its seat. `seat` is null when the record names none. */
  | { status: "discarded"; ids: number[]; seat: Standing | null }
  | { status: "not_parked"; state: FailedState }
  | { status: "unknown" };

/** Cannot be undone. @throws what the store throws; nothing is discarded then */
export async function discardRecord(store: FailedStore, id: number): Promise<DiscardOutcome> {
  const found = await store.findFailed(id);
  if (!found) return { status: "unknown" };
  const seat = namedSeat(found.value);
  const copies = seat ? await copiesOf(store, seat) : [];
  return store.failedTransaction(async (transaction) => {
    const locked = await transaction.lockFailed([...new Set([id, ...copies])]);
    const own = locked.find((record) => record.id === id);
    if (own?.state !== "parked") return { status: "not_parked", state: own?.state ?? found.state };
    const ids = locked.filter(({ state }) => state === "parked").map((record) => record.id);
    await transaction.setFailedState(ids, "discarded");
    return { status: "discarded", ids, seat };
  });
}

/** The seat that a record of `failed_event` names, if it is one of a claim. */
export function namedSeat(value: string | null): Standing | null {
  const parsed = parseRecord(value);
  return parsed.kind === "claim" ? placeOf(parsed.record) : null;
}

/** Every parked record that names this seat. */
export async function copiesOf(store: FailedStore, seat: Standing): Promise<number[]> {
  const parked = await store.parkedOfEvent(seat.eventId);
  return parked.flatMap(({ id, value }) => {
    const other = namedSeat(value);
    return other && other.eventId === seat.eventId && sameSeat(other, seat) ? [id] : [];
  });
}

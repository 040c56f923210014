/** Ports of records that could not become a coupon: replaying them, discarding them, and setting one aside by hand. */
import type { FailedRecord, IssueTransaction, RecordOrigin } from "./store-ports.ts";

export const failedStates = ["parked", "replayed", "discarded"] as const;
/** `parked`: its seat counts as taken. `replayed`: accounted for, as a row or a conflict. */
export type FailedState = (typeof failedStates)[number];

export type FailedEvent = FailedRecord & {
  id: number;
  state: FailedState;
  /** 0: set aside by hand, and no worker has come past it yet */
  attempts: number;
  firstSeenAtMs: number;
  lastSeenAtMs: number;
};

/** The issuing transaction, and what the records' own states need besides. */
export interface FailedTransaction extends IssueTransaction {
  /** Locks the records until the transaction ends, in the order of their ids. Unknown ones are left out. */
  lockFailed(ids: readonly number[]): Promise<FailedEvent[]>;
  /** Only ever called for records that are locked and parked. */
  setFailedState(ids: readonly number[], state: Exclude<FailedState, "parked">): Promise<void>;
  /** The record was refused again: one more attempt, with this error, just now. */
  noteRefusal(id: number, error: string): Promise<void>;
}

export interface FailedStore {
  failedTransaction<T>(work: (transaction: FailedTransaction) => Promise<T>): Promise<T>;
  /**
   * Parked claim records of events that exist, no older than their first opening (an id may be given again after a
   * restore), whose back-off is over by the database's clock: 30 s after the first
   * attempt, doubled with each further one, an hour at most. Those that rested longest come first.
   */
  dueForReplay(limit: number): Promise<number[]>;
  /** null: no such record. */
  findFailed(id: number): Promise<FailedEvent | null>;
  /** Parked records that name a seat of the event. */
  parkedOfEvent(eventId: number): Promise<{ id: number; value: string | null }[]>;
  /**
   * Parks a record that its partition cannot judge, because an operator knows better. Its bytes come with the worker.
   * @returns null when the record is in the table already
   */
  setAside(record: { origin: RecordOrigin; reason: string }): Promise<number | null>;
}

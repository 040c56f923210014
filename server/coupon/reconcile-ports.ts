/** Ports of reconciliation and archiving: all seats of a gate, how far the log was read, and what the tables hold of an event. */
import type { LogTopic } from "./epoch-ports.ts";
import type { Fenced } from "./gate-ports.ts";
import type { GateSeat } from "./seat.ts";
import type { ConflictKind, FailedSeatRecord } from "./store-ports.ts";

export interface SeatLister {
  /**
   * Every seat that was held when the call began, by fenced scripts in bounded pages; later ones may be among them.
   * `malformed` are the users whose entry is no seat. Throws as every gate call does.
   */
  allSeats(call: {
    epoch: number;
    eventId: number;
  }): Promise<Fenced<{ seats: GateSeat[]; malformed: string[] }>>;
}

export interface GateRemover {
  /** Removes whatever the gate holds of an archived event. Never for another one: its winners would be forgotten. */
  forget(eventId: number): Promise<void>;
}

export interface LogProgress {
  /** The offset behind the last record of each partition. Index = partition. */
  endOffsets(target: LogTopic): Promise<bigint[]>;
  /** Offsets the worker group has committed: every record below them is a row or accounted for. Index = partition. */
  committedOffsets(target: LogTopic): Promise<bigint[]>;
}

export interface EventAccounts {
  /** How many rows each of these events has; events without rows are missing from the map. */
  rowCounts(eventIds: readonly number[]): Promise<Map<number, number>>;
  /** Parked and discarded records that name the event; ordered by id, after `afterId`, at most `limit`. */
  failedOfEvent(page: { eventId: number; afterId: number; limit: number }): Promise<FailedSeatRecord[]>;
  /** How many conflicts of each kind records of the event have met. */
  conflictCounts(eventId: number): Promise<Record<ConflictKind, number>>;
}

export interface EventArchive {
  /**
   * Changes the status only if nobody has changed the event since `version`; "archived" only if it is closed.
   * @returns the new version, or null when the condition did not hold
   */
  endEvent(call: { eventId: number; version: number; status: "closed" | "archived" }): Promise<number | null>;
  /** Events with a gate whose claims ended at least this long ago by the database's clock, the oldest first. */
  endedEvents(call: { endedForHours: number; limit: number }): Promise<number[]>;
  /** Events that were archived in the last day. */
  recentlyArchived(): Promise<number[]>;
}

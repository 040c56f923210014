/** Ports of the claim log: won seats and epoch markers on their way to the worker. */
import type { ClaimRecord } from "./claim-record.ts";
import type { GateEpoch, LogTopic } from "./epoch-ports.ts";
import type { LogRecord } from "./store-ports.ts";

export interface ClaimLog {
  /**
   * Appends the records to the epoch's topic, on whichever partitions it likes; the same record may come to another one
   * the next time. Bounded in time.
   * @returns per record: true only when its partition acknowledged; false means unknown. Never rejects.
   */
  append(gate: GateEpoch, records: readonly ClaimRecord[]): Promise<boolean[]>;
}

export interface MarkerLog {
  /** Creates the topic if it is missing and checks its settings. Throws with a sentence for the operator. */
  ensureTopic(target: LogTopic): Promise<void>;
  /** Writes the epoch's marker on every partition of the topic. @returns true only when all acknowledged. */
  appendMarkers(target: LogTopic, epoch: number): Promise<boolean>;
  /** Offsets the worker group has committed, per partition; used to tell a slow reader from a stuck one. */
  committedOffsets(target: LogTopic): Promise<bigint[]>;
}

/** A record with the time at which it was appended, by the clock of the log or of its writer: good for "about when". */
export type TimedRecord = LogRecord & { appendedAtMs: number };

export interface LogHistory {
  /**
   * Hands over everything that the topic holds at the time of the call: records of one partition at a time, in the
   * order of their offsets, at most 1,000 at once. Any number of calls may be needed; none is made side by side.
   * @returns how many partitions the topic has. Rejects with what `onRecords` throws, or when the log is silent.
   */
  read(topic: string, onRecords: (records: readonly TimedRecord[]) => Promise<void>): Promise<number>;
}

/**
 * Judging a batch of records in the order of their offsets: which are of the epoch their partition has reached,
 * which are stale, which are broken. Staleness comes before anything else (histories 12 and 25).
 */
import { type ClaimRecord, parseRecord } from "./claim-record.ts";
import type { FailedRecord, LogRecord } from "./ports.ts";

export type Judged = {
  /** of the partition's epoch at their place in the log */
  fresh: { source: LogRecord; record: ClaimRecord }[];
  /** older than that; `record` is null when only the epoch could be read */
  stale: { source: LogRecord; record: ClaimRecord | null }[];
  failed: FailedRecord[];
  /** the partition's epoch behind the last judged record */
  partitionEpoch: number;
  /** set when the walk stopped: what stands there, and behind it, must be read again later */
  trouble: { at: LogRecord; sentence: string } | null;
};

/**
 * @param known.gateEpoch read in the batch's own transaction, begun after the fetch (history 27)
 * @param known.partitionEpoch the epoch that this partition's reader had reached before the batch
 * @param setAside records of this batch that an operator has set aside: where they cannot be judged they are parked
 */
export function judgeRecords(
  sources: readonly LogRecord[],
  known: { gateEpoch: number; partitionEpoch: number },
  setAside: ReadonlySet<LogRecord> = new Set(),
): Judged {
  const judged: Judged = {
    fresh: [],
    stale: [],
    failed: [],
    partitionEpoch: known.partitionEpoch,
    trouble: null,
  };
  for (const source of sources) {
    const sentence = judgeOne(source, known.gateEpoch, judged);
    if (sentence === null) continue;
    if (!setAside.has(source)) {
      judged.trouble = { at: source, sentence };
      break;
    }
    judged.failed.push(failedRecord(source, sentence, judged));
  }
  return judged;
}

function failedRecord(source: LogRecord, error: string, { partitionEpoch }: Judged): FailedRecord {
  const parsed = parseRecord(source.value);
  const eventId = parsed.kind === "claim" ? parsed.record.couponEventId : null;
  return { ...source, error, partitionEpoch, eventId };
}

/** @returns a sentence when the record cannot be judged yet */
function judgeOne(source: LogRecord, gateEpoch: number, judged: Judged): string | null {
  const parsed = parseRecord(source.value);
  const park = (error: string) => judged.failed.push(failedRecord(source, error, judged));

  switch (parsed.kind) {
    case "newer_version":
      return `a record of version ${parsed.version}, written by a newer program`;
    case "marker":
      // Only the guardian writes markers, and only of an epoch that the table already names.
      if (parsed.epoch > gateEpoch)
        park(`epoch marker ${parsed.epoch} is above the gate's epoch ${gateEpoch}`);
      else judged.partitionEpoch = Math.max(judged.partitionEpoch, parsed.epoch);
      return null;
    case "malformed":
      if (parsed.epoch !== null && parsed.epoch < judged.partitionEpoch)
        judged.stale.push({ source, record: null });
      else park(parsed.error);
      return null;
    case "claim": {
      const { record } = parsed;
      if (record.epoch > judged.partitionEpoch)
        return `a record of epoch ${record.epoch} where the partition has reached only ${judged.partitionEpoch}`;
      if (record.epoch < judged.partitionEpoch) judged.stale.push({ source, record });
      else judged.fresh.push({ source, record });
      return null;
    }
  }
}

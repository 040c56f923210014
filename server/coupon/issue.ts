/**
 * Issuing: a batch of records becomes coupon rows, and whatever does not become one is accounted for: a
 * redelivery, a conflict or a parked record. Nothing is dropped (L2).
 */
import {
  conflict,
  type Fresh,
  IssueTroubleError,
  indexRows,
  insertRows,
  placeOf,
  type Standing,
} from "./insert-rows.ts";
import { type Judged, judgeRecords } from "./judge-records.ts";
import type {
  FailedRecord,
  IssueConflict,
  IssueStore,
  IssueTransaction,
  LogRecord,
  Reporter,
} from "./ports.ts";
import { sameSeat } from "./seat.ts";

export { IssueTroubleError };

export type IssueTally = { issued: number; redelivered: number; parked: number; conflicting: number };

export interface Issuer {
  /**
   * Issues records of one partition, in the order of their offsets, in one transaction; at most 1,000.
   * Idempotent: records that come again change nothing.
   * @throws IssueTroubleError or whatever the store throws: the caller must bring the batch again, and must not
   *   commit its offsets
   */
  issue(source: { topic: string; partition: number }, records: readonly LogRecord[]): Promise<IssueTally>;
}

export function createIssuer(parts: { store: IssueStore; reporter: Reporter }): Issuer {
  const { store, reporter } = parts;
  return {
    async issue(source, records) {
      const issued = await store.transaction((transaction) => issueBatch(transaction, source, records));
      reportIssued(reporter, issued);
      if (issued.trouble !== null) throw new IssueTroubleError(issued.trouble);
      return issued.tally;
    },
  };
}

export type IssuedBatch = { tally: IssueTally; conflicts: IssueConflict[]; trouble: string | null };

/** Called behind the commit only: a transaction that rolled back has issued nothing. */
export function reportIssued(reporter: Reporter, { tally, conflicts }: Omit<IssuedBatch, "trouble">): void {
  reporter.count("coupons_issued", tally.issued);
  reporter.count("records_redelivered", tally.redelivered);
  reporter.count("records_parked", tally.parked);
  reporter.count("records_conflicting", tally.conflicting);
  // A stale record was never anybody's coupon. Any other conflict says that a promise may be broken.
  for (const { kind, origin } of conflicts)
    if (kind !== "stale_epoch") reporter.alarm("a valid record did not become a coupon", { kind, origin });
}

/** A batch inside of its transaction. A replay does the same with one record (`replay.ts`). */
export async function issueBatch(
  transaction: IssueTransaction,
  source: { topic: string; partition: number },
  records: readonly LogRecord[],
): Promise<IssuedBatch> {
  const known = await transaction.lockPartition(source);
  const judged = await judgeAll(transaction, records, known);
  const { rows, failed, conflicts } = await applyRules(transaction, judged);
  const inserted = await insertRows(transaction, rows);
  const stale = await judgeStale(transaction, judged.stale);

  failed.push(...inserted.refused);
  conflicts.push(...inserted.conflicts, ...stale.conflicts);
  if (failed.length > 0) await transaction.park(failed);
  if (conflicts.length > 0) await transaction.recordConflicts(conflicts);
  if (judged.partitionEpoch > known.partitionEpoch)
    await transaction.raisePartitionEpoch(source, judged.partitionEpoch);
  return {
    tally: {
      issued: inserted.issued,
      redelivered: inserted.redelivered + stale.redelivered,
      parked: failed.length,
      conflicting: conflicts.length,
    },
    conflicts,
    trouble: judged.trouble && sentenceOf(judged.trouble),
  };
}

/** With the record's place, for whoever has to look at it or set it aside. */
function sentenceOf({ at, sentence }: NonNullable<Judged["trouble"]>): string {
  const { topic, partition, offset } = at.origin;
  return `${sentence} (topic ${topic}, partition ${partition}, offset ${offset})`;
}

/** Goes on behind a record that cannot be judged only if an operator has set exactly that one aside. */
async function judgeAll(
  transaction: IssueTransaction,
  records: readonly LogRecord[],
  known: { gateEpoch: number; partitionEpoch: number },
): Promise<Judged> {
  const setAside = new Set<LogRecord>();
  for (;;) {
    const judged = judgeRecords(records, known, setAside);
    const { trouble } = judged;
    if (trouble === null || !(await transaction.isSetAside(trouble.at.origin))) return judged;
    setAside.add(trouble.at);
  }
}

/** The limit is read in this transaction, never cached: the database alone keeps G1 even if the gate lies. */
async function applyRules(transaction: IssueTransaction, judged: Judged) {
  const failed: FailedRecord[] = [...judged.failed];
  const conflicts: IssueConflict[] = [];
  const rows: Fresh[] = [];
  const overLimit: Judged["fresh"] = [];
  const eventIds = [...new Set(judged.fresh.map(({ record }) => record.couponEventId))];
  const rules = eventIds.length === 0 ? new Map() : await transaction.issueRules(eventIds);

  for (const fresh of judged.fresh) {
    const { source, record } = fresh;
    const rule = rules.get(record.couponEventId);
    if (!rule) {
      const error = `there is no coupon event ${record.couponEventId}`;
      failed.push({ ...source, error, partitionEpoch: record.epoch, eventId: record.couponEventId });
    } else if (record.rank > rule.issueLimit) overLimit.push(fresh);
    else rows.push({ ...fresh, row: { ...placeOf(record), expiresAtMs: rule.expiresAtMs } });
  }

  const standing = overLimit.length === 0 ? [] : await transaction.standingRows(overLimit.map(placeOfFresh));
  for (const judged of overLimit)
    conflicts.push(conflict("over_limit", judged, standing.find(holdsPlaceOf(placeOf(judged.record)))));
  return { rows, failed, conflicts };
}

/** The sender of a stale record cannot have said "won": the same seat is a redelivery, anything else is noted. */
async function judgeStale(transaction: IssueTransaction, stale: Judged["stale"]) {
  const conflicts: IssueConflict[] = [];
  const places = stale.flatMap(({ record }) => (record ? [placeOf(record)] : []));
  const standing = places.length === 0 ? [] : await transaction.standingRows(places);
  const index = indexRows(standing);
  for (const judged of stale) {
    const { record } = judged;
    const place = record && placeOf(record);
    const byUser = place && index.byUser.get(`${place.eventId}|${place.userId}`);
    if (place && byUser && sameSeat(byUser, place)) continue;
    const byRank = place && index.byRank.get(`${place.eventId}|${place.rank}`);
    conflicts.push(conflict("stale_epoch", judged, byUser ?? byRank ?? undefined));
  }
  return { redelivered: stale.length - conflicts.length, conflicts };
}

function placeOfFresh({ record }: Judged["fresh"][number]): Standing {
  return placeOf(record);
}

function holdsPlaceOf(place: Standing): (row: Standing) => boolean {
  return (row) => row.eventId === place.eventId && (row.userId === place.userId || row.rank === place.rank);
}

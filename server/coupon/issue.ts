/**
 * Issuing: a batch of records becomes coupon rows, and whatever does not become one is accounted for: a
 * redelivery, a conflict or a parked record. Nothing is dropped (L2).
 */
import { type Judged, judgeRecords } from "./judge-records.ts";
import {
  type CouponRow,
  type FailedRecord,
  type IssueConflict,
  type IssueStore,
  type IssueTransaction,
  type LogRecord,
  type Reporter,
  RowRefusedError,
} from "./ports.ts";
import { type Seat, sameSeat } from "./seat.ts";

export type IssueTally = { issued: number; redelivered: number; parked: number; conflicting: number };

/** The batch cannot be finished now, for no fault of its data. What came before the trouble is committed. */
export class IssueTroubleError extends Error {
  override name = "IssueTroubleError";
}

export interface Issuer {
  /**
   * Issues records of one partition, in the order of their offsets, in one transaction; at most 1,000.
   * Idempotent: records that come again change nothing.
   * @throws IssueTroubleError or whatever the store throws: the caller must bring the batch again, and must not
   *   commit its offsets
   */
  issue(source: { topic: string; partition: number }, records: readonly LogRecord[]): Promise<IssueTally>;
}

type Fresh = Judged["fresh"][number] & { row: CouponRow };
type Standing = Seat & { eventId: number };
type Inserted = { issued: number; redelivered: number; conflicts: IssueConflict[]; refused: FailedRecord[] };

export function createIssuer(parts: { store: IssueStore; reporter: Reporter }): Issuer {
  const { store, reporter } = parts;
  return {
    async issue(source, records) {
      const { tally, conflicts, trouble } = await store.transaction((transaction) =>
        issueBatch(transaction, source, records),
      );
      // Counted only now: a transaction that rolled back has issued nothing.
      reporter.count("coupons_issued", tally.issued);
      reporter.count("records_redelivered", tally.redelivered);
      reporter.count("records_parked", tally.parked);
      reporter.count("records_conflicting", tally.conflicting);
      // A stale record was never anybody's coupon. Any other conflict says that a promise may be broken.
      for (const { kind, origin } of conflicts)
        if (kind !== "stale_epoch")
          reporter.alarm("a valid record did not become a coupon", { kind, origin });
      if (trouble !== null) throw new IssueTroubleError(trouble);
      return tally;
    },
  };
}

async function issueBatch(
  transaction: IssueTransaction,
  source: { topic: string; partition: number },
  records: readonly LogRecord[],
): Promise<{ tally: IssueTally; conflicts: IssueConflict[]; trouble: string | null }> {
  const known = await transaction.lockPartition(source);
  const judged = judgeRecords(records, known);
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
    trouble: judged.trouble,
  };
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
      failed.push({ ...source, error, partitionEpoch: record.epoch });
    } else if (record.rank > rule.issueLimit) overLimit.push(fresh);
    else rows.push({ ...fresh, row: { ...placeOf(record), expiresAtMs: rule.expiresAtMs } });
  }

  const standing = overLimit.length === 0 ? [] : await transaction.standingRows(overLimit.map(placeOfFresh));
  for (const { source, record } of overLimit)
    conflicts.push(conflict("over_limit", source, standing.find(holdsPlaceOf(placeOf(record)))));
  return { rows, failed, conflicts };
}

/** One insert for all. What it did not insert is read back and classified. */
async function insertRows(transaction: IssueTransaction, fresh: Fresh[]): Promise<Inserted> {
  const nothing: Inserted = { issued: 0, redelivered: 0, conflicts: [], refused: [] };
  if (fresh.length === 0) return nothing;
  try {
    return { ...nothing, ...(await insertAndClassify(transaction, fresh)) };
  } catch (error) {
    if (!(error instanceof RowRefusedError)) throw error;
    return fresh.length === 1
      ? { ...nothing, refused: [refusedRecord(fresh[0] as Fresh, error)] }
      : await insertInHalves(transaction, fresh);
  }
}

/** Finds the refused row among its neighbours in a few steps, so that only that one is parked. */
async function insertInHalves(transaction: IssueTransaction, fresh: Fresh[]): Promise<Inserted> {
  const middle = Math.ceil(fresh.length / 2);
  const first = await insertRows(transaction, fresh.slice(0, middle));
  const second = await insertRows(transaction, fresh.slice(middle));
  return {
    issued: first.issued + second.issued,
    redelivered: first.redelivered + second.redelivered,
    conflicts: [...first.conflicts, ...second.conflicts],
    refused: [...first.refused, ...second.refused],
  };
}

async function insertAndClassify(transaction: IssueTransaction, fresh: Fresh[]) {
  const conflicts: IssueConflict[] = [];
  const rows = fresh.map(({ row }) => row).sort((a, b) => a.eventId - b.eventId || a.rank - b.rank);
  const issued = await transaction.insertCoupons(rows);
  if (issued === rows.length) return { issued, redelivered: 0, conflicts };

  const standing = indexRows(await transaction.standingRows(rows));
  for (const { source, row } of fresh) {
    const byUser = standing.byUser.get(`${row.eventId}|${row.userId}`);
    const byRank = standing.byRank.get(`${row.eventId}|${row.rank}`);
    if (byUser && sameSeat(byUser, row)) continue;
    if (byUser) conflicts.push(conflict("user_has_other_rank", source, byUser));
    else if (byRank) conflicts.push(conflict("rank_taken", source, byRank));
    else
      throw new IssueTroubleError(
        `event ${row.eventId}, rank ${row.rank}: not inserted, and nothing in its place`,
      );
  }
  return { issued, redelivered: rows.length - issued - conflicts.length, conflicts };
}

/** The sender of a stale record cannot have said "won": the same seat is a redelivery, anything else is noted. */
async function judgeStale(transaction: IssueTransaction, stale: Judged["stale"]) {
  const conflicts: IssueConflict[] = [];
  const places = stale.flatMap(({ record }) => (record ? [placeOf(record)] : []));
  const standing = places.length === 0 ? [] : await transaction.standingRows(places);
  const index = indexRows(standing);
  for (const { source, record } of stale) {
    const place = record && placeOf(record);
    const byUser = place && index.byUser.get(`${place.eventId}|${place.userId}`);
    if (place && byUser && sameSeat(byUser, place)) continue;
    const byRank = place && index.byRank.get(`${place.eventId}|${place.rank}`);
    conflicts.push(conflict("stale_epoch", source, byUser ?? byRank ?? undefined));
  }
  return { redelivered: stale.length - conflicts.length, conflicts };
}

function indexRows(rows: readonly Standing[]) {
  return {
    byUser: new Map(rows.map((row) => [`${row.eventId}|${row.userId}`, row])),
    byRank: new Map(rows.map((row) => [`${row.eventId}|${row.rank}`, row])),
  };
}

function placeOf(record: Judged["fresh"][number]["record"]): Standing {
  const { couponEventId: eventId, userId, rank, claimedAt } = record;
  return { eventId, userId, rank, claimedAtMs: Date.parse(claimedAt) };
}

function placeOfFresh({ record }: Judged["fresh"][number]): Standing {
  return placeOf(record);
}

function holdsPlaceOf(place: Standing): (row: Standing) => boolean {
  return (row) => row.eventId === place.eventId && (row.userId === place.userId || row.rank === place.rank);
}

function conflict(
  kind: IssueConflict["kind"],
  source: LogRecord,
  standing: Standing | undefined,
): IssueConflict {
  return { kind, origin: source.origin, record: source.value ?? "", standing: standing ?? null };
}

function refusedRecord({ source, record }: Fresh, error: Error): FailedRecord {
  return { ...source, error: error.message, partitionEpoch: record.epoch };
}

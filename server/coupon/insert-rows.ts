/** Inserting the rows of a batch, and classifying what was not inserted: a redelivery, a conflict, or a refused row. */
import type { ClaimRecord } from "./claim-record.ts";
import type { Judged } from "./judge-records.ts";
import { CODE_ATTEMPTS_MAX } from "./limits.ts";
import {
  type CouponRow,
  type FailedRecord,
  type IssueConflict,
  type IssueTransaction,
  type LogRecord,
  RowRefusedError,
} from "./ports.ts";
import { type Seat, sameSeat } from "./seat.ts";

/** The batch cannot be finished now, for no fault of its data. What came before the trouble is committed. */
export class IssueTroubleError extends Error {
  override name = "IssueTroubleError";
}

export type Fresh = Judged["fresh"][number] & { row: CouponRow };
export type Standing = Seat & { eventId: number };
type Inserted = { issued: number; redelivered: number; conflicts: IssueConflict[]; refused: FailedRecord[] };

/** One insert for all. What it did not insert is read back and classified. */
export async function insertRows(transaction: IssueTransaction, fresh: Fresh[]): Promise<Inserted> {
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

/** A row that is neither there nor stood in the way of has lost its code to another coupon: it goes again with the next. */
async function insertAndClassify(transaction: IssueTransaction, fresh: Fresh[]) {
  const conflicts: IssueConflict[] = [];
  let issued = 0;
  let left = fresh;
  for (let codeAttempt = 0; codeAttempt < CODE_ATTEMPTS_MAX && left.length > 0; codeAttempt += 1) {
    const inserted = await transaction.insertCoupons(
      left.map(({ row }) => row),
      codeAttempt,
    );
    issued += inserted;
    left = inserted === left.length ? [] : await classifyRest(transaction, left, conflicts);
  }
  const [first] = left;
  if (first)
    throw new IssueTroubleError(
      `event ${first.row.eventId}, rank ${first.row.rank}: not inserted by ${CODE_ATTEMPTS_MAX} codes, and nothing in its place`,
    );
  return { issued, redelivered: fresh.length - issued - conflicts.length, conflicts };
}

/** @returns those that have no row and find none in their place */
async function classifyRest(
  transaction: IssueTransaction,
  fresh: Fresh[],
  conflicts: IssueConflict[],
): Promise<Fresh[]> {
  const standing = indexRows(await transaction.standingRows(fresh.map(({ row }) => row)));
  const absent: Fresh[] = [];
  for (const judged of fresh) {
    const { row } = judged;
    const byUser = standing.byUser.get(`${row.eventId}|${row.userId}`);
    const byRank = standing.byRank.get(`${row.eventId}|${row.rank}`);
    if (byUser && sameSeat(byUser, row)) continue;
    if (byUser) conflicts.push(conflict("user_has_other_rank", judged, byUser));
    else if (byRank) conflicts.push(conflict("rank_taken", judged, byRank));
    else absent.push(judged);
  }
  return absent;
}

export function indexRows(rows: readonly Standing[]) {
  return {
    byUser: new Map(rows.map((row) => [`${row.eventId}|${row.userId}`, row])),
    byRank: new Map(rows.map((row) => [`${row.eventId}|${row.rank}`, row])),
  };
}

export function placeOf(record: ClaimRecord): Standing {
  const { couponEventId: eventId, userId, rank, claimedAt } = record;
  return { eventId, userId, rank, claimedAtMs: Date.parse(claimedAt) };
}

/** @param judged.record null when only its epoch could be read */
export function conflict(
  kind: IssueConflict["kind"],
  judged: { source: LogRecord; record: ClaimRecord | null },
  standing: Standing | undefined,
): IssueConflict {
  const { source, record } = judged;
  return {
    ...{ kind, origin: source.origin, eventId: record?.couponEventId ?? null },
    ...{ record: source.value ?? "", standing: standing ?? null },
  };
}

function refusedRecord({ source, record }: Fresh, error: Error): FailedRecord {
  const { epoch: partitionEpoch, couponEventId: eventId } = record;
  return { ...source, error: error.message, partitionEpoch, eventId };
}

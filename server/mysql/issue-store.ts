/** The worker's transaction: from a batch of the claim log to rows of `coupon`, `failed_event` and `issue_conflict`. */
import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { ResultSetHeader } from "mysql2/promise";
import {
  type CouponRow,
  type IssueConflict,
  type IssueStore,
  type IssueTransaction,
  inInsertOrder,
  RowRefusedError,
} from "#server/coupon/ports";
import type { Database } from "./connect.ts";
import { readCodes } from "./coupon-codes.ts";
import { isDataError } from "./errors.ts";
import { isInFailedEvent, originColumns, park } from "./failed-rows.ts";
import { seatColumns, toSeat } from "./rows.ts";
import { coupon, couponEvent, gateEpoch, issueConflict, partitionEpoch, utcNow } from "./schema.ts";

/** Parked values may be as large as a record of Kafka (1 MB): few per statement, so that it stays sendable. */
const PARK_CHUNK = 20;
const CONFLICT_CHUNK = 500;

/** Sessions are READ COMMITTED and strict (connect.ts). */
export function mysqlIssueStore({ db }: { db: Database }): IssueStore {
  return { transaction: (work) => db.transaction((transaction) => work(issueTransaction(transaction))) };
}

/** Statements that take part in a transaction of the caller's. */
export type Transaction = Pick<Database, "select" | "insert" | "update" | "execute">;

export function issueTransaction(db: Transaction): IssueTransaction {
  return {
    lockPartition: (source) => lockPartition(db, source),

    async raisePartitionEpoch(source, epoch) {
      await db
        .update(partitionEpoch)
        .set({ epoch: sql`greatest(${partitionEpoch.epoch}, ${epoch})`, updatedAt: utcNow })
        .where(isSource(source));
    },

    async issueRules(eventIds) {
      if (eventIds.length === 0) return new Map();
      const rows = await db
        .select({ id: couponEvent.id, issueLimit: couponEvent.issueLimit, expiresAt: couponEvent.expiresAt })
        .from(couponEvent)
        .where(inArray(couponEvent.id, [...eventIds]));
      return new Map(
        rows.map((row) => [row.id, { issueLimit: row.issueLimit, expiresAtMs: row.expiresAt.getTime() }]),
      );
    },

    insertCoupons: (rows, codeAttempt) => insertCoupons(db, rows, codeAttempt),

    standingRows: (rows) => standingRows(db, rows),

    isSetAside: (origin) => isInFailedEvent(db, origin),

    async park(records) {
      for (const chunk of chunks(records, PARK_CHUNK)) await park(db, chunk);
    },

    async recordConflicts(conflicts) {
      for (const chunk of chunks(conflicts, CONFLICT_CHUNK)) await recordConflicts(db, chunk);
    },
  };
}

type Source = { topic: string; partition: number };
const isSource = ({ topic, partition }: Source) =>
  and(eq(partitionEpoch.topic, topic), eq(partitionEpoch.partition, partition));

async function lockPartition(db: Transaction, source: Source) {
  const locked = () =>
    db.select({ epoch: partitionEpoch.epoch }).from(partitionEpoch).where(isSource(source)).for("update");
  let [reader] = await locked();
  if (!reader) {
    await db
      .insert(partitionEpoch)
      .values({ ...source, epoch: 0 })
      .onDuplicateKeyUpdate({ set: { epoch: sql`${partitionEpoch.epoch}` } });
    [reader] = await locked();
  }
  // Read after the lock was granted: a statement of its own sees what was committed while this one waited.
  const [gate] = await db.select({ epoch: gateEpoch.epoch }).from(gateEpoch);
  if (!reader || !gate) throw new Error("gate_epoch or partition_epoch has no row: run `npm run migrate`");
  return { gateEpoch: gate.epoch, partitionEpoch: reader.epoch };
}

async function insertCoupons(db: Transaction, rows: readonly CouponRow[], codeAttempt = 0): Promise<number> {
  if (rows.length === 0) return 0;
  const codeOf = await readCodes(
    db,
    rows.map(({ eventId }) => eventId),
    codeAttempt,
  );
  const claimed = timeWriter();
  const expires = timeWriter();
  const seats = inInsertOrder(rows).map(({ eventId, userId, rank, claimedAtMs, expiresAtMs }) => {
    return [eventId, userId, rank, codeOf(eventId, rank), claimed(claimedAtMs), expires(expiresAtMs)];
  });
  try {
    // All rows as one parameter: Drizzle takes 15 µs to build the values of a row, as much as MySQL to insert it. Of
    // a row that was there nothing changes, and it counts 0; INSERT IGNORE would hide bad data as well. Not `id = id`:
    // MySQL refuses that with a conflict once the same statement has generated an id. The worker's account needs the
    // right to change the column named here, so it is the one on which no promise rests.
    const [result] = await db.execute<ResultSetHeader>(sql`
      insert into ${coupon}
        (coupon_event_id, user_id, \`rank\`, code, claimed_at, expires_at)
      select coupon_event_id, user_id, seat_rank, code, claimed_at, expires_at
        from json_table(${JSON.stringify(seats)}, '$[*]' columns (
          coupon_event_id bigint path '$[0]', user_id varchar(255) path '$[1]', seat_rank bigint path '$[2]',
          code varchar(255) path '$[3]', claimed_at varchar(32) path '$[4]', expires_at varchar(32) path '$[5]'
        )) as seat
      on duplicate key update issued_at = ${coupon}.issued_at`);
    return result.affectedRows;
  } catch (cause) {
    // InnoDB takes back the statement alone, all of it, and the transaction goes on.
    if (isDataError(cause)) throw new RowRefusedError("MySQL refused a coupon row", { cause });
    throw cause;
  }
}

/** Writes UTC times as datetime(3) is written. A crowd shares its milliseconds: the last one is not written anew. */
function timeWriter(): (ms: number) => string {
  let lastMs = Number.NaN;
  let lastText = "";
  return (ms) => {
    if (ms === lastMs) return lastText;
    lastMs = ms;
    lastText = new Date(ms).toISOString().slice(0, "2030-01-01T00:00:00.000".length);
    return lastText;
  };
}

/** Two reads, each by its own unique key; an OR over both would read the whole event. */
async function standingRows(
  db: Transaction,
  wanted: readonly { eventId: number; userId: string; rank: number }[],
) {
  if (wanted.length === 0) return [];
  const columns = { id: coupon.id, eventId: coupon.couponEventId, ...seatColumns };
  const users = wanted.map((row) => sql`(${row.userId}, ${row.eventId})`);
  const ranks = wanted.map((row) => sql`(${row.eventId}, ${row.rank})`);
  const find = (condition: SQL) => db.select(columns).from(coupon).where(condition);
  const found = [
    ...(await find(sql`(${coupon.userId}, ${coupon.couponEventId}) in (${sql.join(users, sql`, `)})`)),
    ...(await find(sql`(${coupon.couponEventId}, ${coupon.rank}) in (${sql.join(ranks, sql`, `)})`)),
  ];
  const once = new Map(found.map((row) => [row.id, row]));
  return [...once.values()].map((row) => ({ ...toSeat(row), eventId: row.eventId }));
}

async function recordConflicts(db: Transaction, conflicts: readonly IssueConflict[]): Promise<void> {
  await db
    .insert(issueConflict)
    .values(
      conflicts.map(({ kind, record, standing, origin, eventId }) => ({
        ...originColumns(origin),
        kind,
        couponEventId: eventId,
        record,
        standingEventId: standing?.eventId,
        standingUserId: standing?.userId,
        standingRank: standing?.rank,
        standingClaimedAt: standing ? new Date(standing.claimedAtMs) : null,
      })),
    )
    .onDuplicateKeyUpdate({ set: { kind: sql`${issueConflict.kind}` } });
}

function* chunks<T>(items: readonly T[], sizeMax: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += sizeMax) yield items.slice(start, start + sizeMax);
}

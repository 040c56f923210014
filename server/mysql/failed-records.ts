/** Records of `failed_event`: replaying, discarding and setting aside, and what an operator browses. */
import { and, asc, eq, getTableColumns, gt, gte, inArray, sql } from "drizzle-orm";
import type { FailedEvent, FailedState, FailedStore, FailedTransaction } from "#server/coupon/ports";
import type { Database } from "./connect.ts";
import { ERROR_LENGTH_MAX, isAt, originColumns } from "./failed-rows.ts";
import { issueTransaction, type Transaction } from "./issue-store.ts";
import { couponEvent, failedEvent, utcNow } from "./schema.ts";

/** A record that was refused rests, twice as long after each further attempt, an hour at most. */
const FIRST_REST_S = 30;
const REST_MAX_S = 3600;
/** Doubled so often, the first rest is longer than the longest. */
const DOUBLINGS_MAX = 7;

export function mysqlFailedStore({ db }: { db: Database }): FailedStore {
  return {
    failedTransaction: (work) => db.transaction((transaction) => work(failedTransaction(transaction))),

    async dueForReplay(limit) {
      const doublings = sql`least(greatest(${failedEvent.attempts}, 1) - 1, ${DOUBLINGS_MAX})`;
      const restS = sql`least(${FIRST_REST_S} * pow(2, ${doublings}), ${REST_MAX_S})`;
      const rows = await db
        .select({ id: failedEvent.id })
        .from(failedEvent)
        // A record of an event that does not exist would be refused once more. One from before the event's first
        // opening is of another event that had this id, in a database that was restored since.
        .innerJoin(couponEvent, eq(couponEvent.id, failedEvent.couponEventId))
        .where(
          and(
            eq(failedEvent.state, "parked"),
            gte(failedEvent.partitionEpoch, couponEvent.openedEpoch),
            sql`${failedEvent.lastSeenAt} <= utc_timestamp(3) - interval ${restS} second`,
          ),
        )
        .orderBy(asc(failedEvent.lastSeenAt), asc(failedEvent.id))
        .limit(limit);
      return rows.map(({ id }) => id);
    },

    async findFailed(id) {
      const [row] = await db.select().from(failedEvent).where(eq(failedEvent.id, id));
      return row ? toFailedEvent(row) : null;
    },

    parkedOfEvent: (eventId) =>
      db
        .select({ id: failedEvent.id, value: failedEvent.rawValue })
        .from(failedEvent)
        .where(and(eq(failedEvent.couponEventId, eventId), eq(failedEvent.state, "parked"))),

    async setAside({ origin, reason }) {
      const [known] = await db.select({ id: failedEvent.id }).from(failedEvent).where(isAt(origin));
      if (known) return null;
      const [inserted] = await db
        .insert(failedEvent)
        .values({
          ...originColumns(origin),
          error: reason.slice(0, ERROR_LENGTH_MAX),
          // Both are the worker's to say, when it comes past the record.
          ...{ partitionEpoch: 0, attempts: 0 },
        })
        .onDuplicateKeyUpdate({ set: { error: sql`${failedEvent.error}` } });
      return inserted.affectedRows === 1 ? inserted.insertId : null;
    },
  };
}

function failedTransaction(db: Transaction): FailedTransaction {
  return {
    ...issueTransaction(db),

    async lockFailed(ids) {
      const rows = await db
        .select()
        .from(failedEvent)
        .where(inArray(failedEvent.id, [...ids]))
        .orderBy(asc(failedEvent.id))
        .for("update");
      return rows.map(toFailedEvent);
    },

    async setFailedState(ids, state) {
      await db
        .update(failedEvent)
        .set({ state, lastSeenAt: utcNow })
        .where(inArray(failedEvent.id, [...ids]));
    },

    async noteRefusal(id, error) {
      await db
        .update(failedEvent)
        .set({
          error: error.slice(0, ERROR_LENGTH_MAX),
          attempts: sql`${failedEvent.attempts} + 1`,
          lastSeenAt: utcNow,
        })
        .where(eq(failedEvent.id, id));
    },
  };
}

/** One line of a list. `start` is the beginning of the record's bytes. */
export type FailedSummary = Omit<FailedEvent, "key" | "value"> & { start: string | null };

const START_LENGTH = 200;

/**
 * @param page.eventId of records that name this event; null: of all
 * @param page.state null: in any state
 * @returns in the order of their ids, after `afterId`, at most `limit`
 */
export async function listFailed(
  db: Database,
  page: { eventId: number | null; state: FailedState | null; afterId: number; limit: number },
): Promise<FailedSummary[]> {
  const { eventId, state, afterId, limit } = page;
  const { recordKey: _key, rawValue, ...columns } = getTableColumns(failedEvent);
  const rows = await db
    .select({ ...columns, start: sql<string | null>`left(${rawValue}, ${START_LENGTH})` })
    .from(failedEvent)
    .where(
      and(
        gt(failedEvent.id, afterId),
        state === null ? undefined : eq(failedEvent.state, state),
        eventId === null ? undefined : eq(failedEvent.couponEventId, eventId),
      ),
    )
    .orderBy(asc(failedEvent.id))
    .limit(limit);
  return rows.map(({ start, ...row }) => ({ ...toSummary(row), start }));
}

type Row = typeof failedEvent.$inferSelect;

function toFailedEvent(row: Row): FailedEvent {
  return { ...toSummary(row), key: row.recordKey, value: row.rawValue };
}

function toSummary(row: Omit<Row, "recordKey" | "rawValue">): Omit<FailedEvent, "key" | "value"> {
  return {
    id: row.id,
    origin: { topic: row.topic, partition: row.partition, offset: String(row.offset) },
    error: row.error,
    partitionEpoch: row.partitionEpoch,
    eventId: row.couponEventId,
    state: row.state,
    attempts: row.attempts,
    firstSeenAtMs: row.firstSeenAt.getTime(),
    lastSeenAtMs: row.lastSeenAt.getTime(),
  };
}

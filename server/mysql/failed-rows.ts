/** Parking: rows of `failed_event`, one for each place in the claim log. */
import { and, eq, sql } from "drizzle-orm";
import type { FailedRecord, RecordOrigin } from "#server/coupon/ports";
import type { Database } from "./connect.ts";
import { failedEvent, utcNow } from "./schema.ts";

export const ERROR_LENGTH_MAX = 1_000;

/**
 * A record that comes again is counted; whether it was replayed or discarded meanwhile stays as it is. One that was
 * set aside by hand has no bytes and no epoch yet, and gets them here.
 */
export async function park(db: Pick<Database, "insert">, records: readonly FailedRecord[]): Promise<void> {
  const { couponEventId, recordKey, rawValue, partitionEpoch, attempts } = failedEvent;
  await db
    .insert(failedEvent)
    .values(
      records.map((record) => ({
        ...originColumns(record.origin),
        couponEventId: record.eventId,
        recordKey: record.key,
        rawValue: record.value,
        error: record.error.slice(0, ERROR_LENGTH_MAX),
        partitionEpoch: record.partitionEpoch,
      })),
    )
    .onDuplicateKeyUpdate({
      set: {
        couponEventId: sql`coalesce(${couponEventId}, values(${couponEventId}))`,
        recordKey: sql`coalesce(${recordKey}, values(${recordKey}))`,
        rawValue: sql`coalesce(${rawValue}, values(${rawValue}))`,
        partitionEpoch: sql`if(${partitionEpoch} = 0, values(${partitionEpoch}), ${partitionEpoch})`,
        attempts: sql`${attempts} + 1`,
        lastSeenAt: utcNow,
      },
    });
}

export async function isInFailedEvent(db: Pick<Database, "select">, origin: RecordOrigin): Promise<boolean> {
  const found = await db.select({ id: failedEvent.id }).from(failedEvent).where(isAt(origin)).limit(1);
  return found.length > 0;
}

export function isAt(origin: RecordOrigin) {
  const { topic, partition, offset } = originColumns(origin);
  return and(
    eq(failedEvent.topic, topic),
    eq(failedEvent.partition, partition),
    eq(failedEvent.offset, offset),
  );
}

export function originColumns({ topic, partition, offset }: RecordOrigin) {
  return { topic, partition, offset: BigInt(offset) };
}

/** The epoch: read by every process each second (its lease), raised by the guardian when a new gate must begin. */
import { and, eq, isNull, lt, sql } from "drizzle-orm";
import type { ResultSetHeader } from "mysql2/promise";
import type { EpochSource, EpochStore, GateEpoch } from "#server/coupon/ports";
import type { Database, Mysql } from "./connect.ts";
import { withNamedLock } from "./named-lock.ts";
import { couponEvent, gateEpoch, partitionEpoch, utcNow } from "./schema.ts";

const REASON_LENGTH_MAX = 500;

/** For web processes, which only read. Takes `mysql.epochDb`, so that no other work can hold up the lease. */
export function mysqlEpochSource({ db }: { db: Database }): EpochSource {
  return {
    async currentEpoch() {
      const [row] = await db
        .select({ epoch: gateEpoch.epoch, topic: gateEpoch.topic, partitions: gateEpoch.partitions })
        .from(gateEpoch);
      if (!row) throw new Error("gate_epoch has no row: run `npm run migrate`");
      return row;
    },
  };
}

/** For operators: also why and when (UTC milliseconds) the epoch began. */
export async function describeEpoch({
  db,
}: {
  db: Database;
}): Promise<GateEpoch & { reason: string; beganAtMs: number }> {
  const [row] = await db.select().from(gateEpoch);
  if (!row) throw new Error("gate_epoch has no row: run `npm run migrate`");
  const { epoch, topic, partitions, reason, beganAt } = row;
  return { epoch, topic, partitions, reason, beganAtMs: beganAt.getTime() };
}

/** For the guardian. */
export function mysqlEpochStore({ mysql }: { mysql: Mysql }): EpochStore {
  const { db } = mysql;
  return {
    ...mysqlEpochSource({ db: mysql.epochDb }),

    async raiseEpoch({ reason, topic, partitions, after, above = 0 }) {
      const highestSeen = db.select({ epoch: sql`max(${partitionEpoch.epoch})` }).from(partitionEpoch);
      const [result] = await db
        .update(gateEpoch)
        .set({
          // LAST_INSERT_ID(expression) hands the value back in this statement's own result: two guardians that
          // raise at once cannot read each other's.
          epoch: sql`last_insert_id(greatest(${gateEpoch.epoch}, coalesce((${highestSeen}), 0), ${above}) + 1)`,
          reason: reason.slice(0, REASON_LENGTH_MAX),
          topic,
          partitions,
          beganAt: utcNow,
        })
        .where(and(eq(gateEpoch.id, 1), eq(gateEpoch.epoch, after)));
      return result.affectedRows === 1 ? result.insertId : null;
    },

    async partitionEpochs(topic, partitions) {
      const rows = await db
        .select({ partition: partitionEpoch.partition, epoch: partitionEpoch.epoch })
        .from(partitionEpoch)
        .where(and(eq(partitionEpoch.topic, topic), lt(partitionEpoch.partition, partitions)));
      const reached = new Map(rows.map((row) => [row.partition, row.epoch]));
      return Array.from({ length: partitions }, (_, partition) => reached.get(partition) ?? 0);
    },

    async logTopics() {
      const highest = sql<number>`max(${partitionEpoch.partition})`.mapWith(Number);
      const rows = await db
        .select({ topic: partitionEpoch.topic, highest })
        .from(partitionEpoch)
        .groupBy(partitionEpoch.topic);
      return rows.map((row) => ({ topic: row.topic, partitions: row.highest + 1 }));
    },

    async setOpenedEpoch(eventId, epoch) {
      // Only under the epoch that is current, and only once: a late opener must not open the gate of a later
      // epoch as if nobody had ever been seated (histories 10, 24).
      const isCurrent = sql`exists (select 1 from ${gateEpoch} where ${gateEpoch.epoch} = ${epoch})`;
      const [result]: [ResultSetHeader, unknown] = await db
        .update(couponEvent)
        .set({ openedEpoch: epoch })
        .where(and(eq(couponEvent.id, eventId), isNull(couponEvent.openedEpoch), isCurrent));
      return result.affectedRows === 1;
    },

    withRebuildLock: (work) => withNamedLock(mysql, { purpose: "rebuild", waitS: 0 }, work),
  };
}

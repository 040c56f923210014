/** The gate's epochs as MySQL shows them: how a test sees that a rebuild has begun, how far it is, and holds it up. */
import type { RowDataPacket } from "mysql2";
import { until } from "../system/until.ts";
import type { World } from "../system/world.ts";

/** Fast enough to see each step of a rebuild, which takes two seconds in these worlds. */
const LOOK_EVERY_MS = 5;
/** MySQL renews its list of transactions only when nobody has read it for 100 ms. */
const TRX_LOOK_EVERY_MS = 150;

/** The current epoch. */
export async function epochOf({ db }: World): Promise<number> {
  const [rows] = await db.query<RowDataPacket[]>("SELECT epoch FROM gate_epoch");
  return rows[0]?.epoch ?? 0;
}

/** Until a higher epoch than `epoch` has begun. @returns it */
export function epochAfter(world: World, epoch: number): Promise<number> {
  return until(
    `an epoch after ${epoch}`,
    async () => {
      const current = await epochOf(world);
      return current > epoch && current;
    },
    { everyMs: LOOK_EVERY_MS },
  );
}

/** The epoch that the reader of each partition has reached. */
export async function partitionEpochs({ db }: World): Promise<number[]> {
  const [rows] = await db.query<RowDataPacket[]>("SELECT epoch FROM partition_epoch ORDER BY `partition`");
  return rows.map(({ epoch }) => epoch);
}

/** Until every reader has passed the marker of this epoch. */
export async function drained(world: World, epoch: number): Promise<void> {
  await until(
    `every partition to reach epoch ${epoch}`,
    async () => (await partitionEpochs(world)).every((reached) => reached >= epoch),
    { everyMs: LOOK_EVERY_MS },
  );
}

/** A lock of ours on rows that the product needs. */
export type RowLock = {
  /** Until somebody waits for it. */
  awaited(): Promise<void>;
  release(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Nobody can raise the epoch. It can still be read, so every lease goes on. */
export function lockEpoch(world: World): Promise<RowLock> {
  return lockRows(world, "gate_epoch");
}

/** No reader can commit anything, so a rebuild stands in its drain for as long as this is held. */
export function lockReaders(world: World): Promise<RowLock> {
  return lockRows(world, "partition_epoch");
}

async function lockRows({ db }: World, table: "gate_epoch" | "partition_epoch"): Promise<RowLock> {
  const connection = await db.getConnection();
  let isHeld = true;
  await connection.beginTransaction();
  await connection.query(`SELECT epoch FROM ${table} FOR UPDATE`);
  const release = async () => {
    if (!isHeld) return;
    isHeld = false;
    await connection.rollback();
    connection.release();
  };
  return {
    release,
    [Symbol.asyncDispose]: release,
    awaited: () =>
      until(
        `somebody to wait for ${table}`,
        async () => {
          const [waiting] = await db.query<RowDataPacket[]>(
            `SELECT 1 FROM information_schema.innodb_trx
             JOIN information_schema.processlist ON processlist.id = trx_mysql_thread_id
             WHERE db = DATABASE() AND trx_state = 'LOCK WAIT' AND trx_query LIKE ? LIMIT 1`,
            [`%\`${table}\`%`],
          );
          return waiting.length > 0;
        },
        { everyMs: TRX_LOOK_EVERY_MS },
      ).then(() => {}),
  };
}

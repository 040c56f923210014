/** Brings the database to the schema of this version. Any number of processes may call it at once. */
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/mysql2/migrator";
import type { Mysql } from "./connect.ts";
import { fillCodes } from "./fill-codes.ts";
import { withNamedLock } from "./named-lock.ts";
import { gateEpoch } from "./schema.ts";

const LOCK_WAIT_S = 60;

/**
 * @param mysql with a `queryTimeoutMs` that suits ALTER TABLE and the wait for the lock (minutes, not seconds)
 * @throws when another process migrates for longer than a minute
 */
export async function migrateMysql(mysql: Mysql, migrationsFolder: string): Promise<void> {
  // Drizzle's own migrate() takes no lock: two at once would both create the first table.
  const done = await withNamedLock(mysql, { purpose: "migrate", waitS: LOCK_WAIT_S }, async () => {
    await migrate(mysql.db, { migrationsFolder });
    await seedGateEpoch(mysql);
    await fillCodes(mysql.db);
    return true;
  });
  if (!done) throw new Error(`another process has been migrating for more than ${LOCK_WAIT_S} s`);
}

/** Epoch 0: no gate was ever built. The first guardian raises it. */
async function seedGateEpoch({ db }: Mysql): Promise<void> {
  await db
    .insert(gateEpoch)
    .values({ id: 1, epoch: 0, reason: "no gate yet", topic: "", partitions: 0 })
    .onDuplicateKeyUpdate({ set: { id: sql`${gateEpoch.id}` } });
}

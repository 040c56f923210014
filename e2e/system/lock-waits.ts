/** How a test sees from outside that a program waits for a lock of MySQL. */
import type { RowDataPacket } from "mysql2";
import { until } from "./until.ts";
import type { World } from "./world.ts";

/** InnoDB renews its list of transactions only for somebody who has not looked for 100 ms. */
const LOOK_EVERY_MS = 250;

/** Until a transaction waits for a lock. */
export async function untilALockIsAwaited({ db }: World): Promise<void> {
  await until(
    "somebody to wait for a lock of MySQL",
    async () => {
      const [waiting] = await db.query<RowDataPacket[]>(
        "SELECT trx_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
      );
      return waiting.length > 0;
    },
    { everyMs: LOOK_EVERY_MS },
  );
}

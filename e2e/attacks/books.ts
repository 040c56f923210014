/** What is written down: rows in MySQL, seats in Redis, records in the claim log. An attack leaves it as it was. */
import type { RowDataPacket } from "mysql2";
import type { World } from "../system/world.ts";

export type Books = {
  rows: Record<string, number>;
  used: number;
  seats: Record<string, number>;
  records: number;
};

export async function books({ db, redis, topic }: World): Promise<Books> {
  const [tables] = await db.query<RowDataPacket[]>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
  );
  const rows: Record<string, number> = {};
  for (const { name } of tables) rows[name] = await count(db, `SELECT COUNT(*) AS count FROM \`${name}\``);
  const seats: Record<string, number> = {};
  for (const key of (await redis.keys("*:users")).sort()) seats[key] = await redis.hlen(key);
  return {
    rows,
    used: await count(db, "SELECT COUNT(*) AS count FROM coupon WHERE used_at IS NOT NULL"),
    seats,
    records: (await topic.read()).filter(({ claim }) => claim !== null).length,
  };
}

async function count(db: World["db"], statement: string): Promise<number> {
  const [[row]] = await db.query<RowDataPacket[]>(statement);
  return Number(row?.count);
}

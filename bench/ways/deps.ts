/** The connections of the other ways: one pool, one Redis client, one Kafka client per process, as each driver advises. */
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import mysql, { type RowDataPacket } from "mysql2/promise";
import type { Way, WayDeps, WayEvent } from "./way.ts";

export type ServiceAddresses = { redisUrl: string; brokers: string; databaseUrl: string };

const CACHED_FOR_MS = 1_000;

export function connectWay(
  way: Pick<Way, "number">,
  addresses: ServiceAddresses,
): WayDeps & { close(): Promise<void> } {
  const { number } = way;
  const db = mysql.createPool({ uri: addresses.databaseUrl, timezone: "Z", connectionLimit: 10 });
  // Commands of one turn of the event loop leave together: an option that the documentation recommends for web servers.
  const redis = new Redis(addresses.redisUrl, { enableAutoPipelining: true });
  const kafka = plainKafka(`way${number}`, addresses.brokers);
  const tables = { event: `way${number}_event`, coupon: `way${number}_coupon` };
  return {
    db,
    redis,
    kafka,
    tables,
    key: (eventId, name) => `way${number}:${eventId}:${name}`,
    topic: `way${number}.winners`,
    cachedEvent: eventCache((id) => readEvent(db, tables.event, id)),
    async close() {
      redis.disconnect();
      await db.end();
    },
  };
}

/** As the driver comes, without what the product mends in it. */
export function plainKafka(clientId: string, brokers: string): Kafka {
  return new Kafka({ clientId, brokers: brokers.split(","), logLevel: logLevel.NOTHING });
}

/** Each event is read once in a while, and by one reader at a time. */
function eventCache(read: (id: number) => Promise<WayEvent>): (id: number) => Promise<WayEvent> {
  const cache = new Map<number, { event: Promise<WayEvent>; untilMs: number }>();
  return (id) => {
    const cached = cache.get(id);
    if (cached !== undefined && performance.now() < cached.untilMs) return cached.event;
    const event = read(id);
    cache.set(id, { event, untilMs: performance.now() + CACHED_FOR_MS });
    event.catch(() => cache.delete(id));
    return event;
  };
}

async function readEvent(db: mysql.Pool, table: string, id: number): Promise<WayEvent> {
  const [rows] = await db.execute<RowDataPacket[]>(`select id, issue_limit from ${table} where id = ?`, [id]);
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no event ${id}`);
  return { id: row.id, issueLimit: row.issue_limit };
}

/** One of the other ways as a candidate: its tables and topic, a web process, and a second one for its background. */
import type { ResultSetHeader, RowDataPacket } from "mysql2/promise";
import type { Bench } from "../context.ts";
import { countCoupons } from "../ways/1-count-rows.ts";
import { connectWay } from "../ways/deps.ts";
import { PARTITIONS } from "../ways/one-by-one.ts";
import type { Way, WayDeps, WayEvent } from "../ways/way.ts";
import type { Books, Candidate } from "./candidate.ts";
import { topicLength } from "./topic-length.ts";

export const WAY_SCRIPT = "bench/ways/serve.ts";

export function nameOf(way: Way): string {
  return `way ${way.number}`;
}

/** Its tables, its topic and its books, without a process. */
export async function openWay(
  way: Way,
  bench: Bench,
  cleanUp: AsyncDisposableStack,
): Promise<{ deps: WayDeps; books: Books }> {
  const deps = connectWay(way, {
    redisUrl: bench.addresses.REDIS_URL,
    brokers: bench.addresses.KAFKA_BROKERS,
    databaseUrl: bench.addresses.DATABASE_URL,
  });
  cleanUp.defer(deps.close);
  await createTables(deps);
  if (way.logs) await createTopic(bench, deps.topic);
  return { deps, books: booksOf(way, deps, bench) };
}

export async function startWay(way: Way, bench: Bench, cleanUp: AsyncDisposableStack): Promise<Candidate> {
  const { books } = await openWay(way, bench, cleanUp);
  const start = (role: "web" | "worker") =>
    bench.start({
      label: `${nameOf(way)} ${role}`,
      script: WAY_SCRIPT,
      env: { BENCH_WAY: String(way.number), BENCH_ROLE: role },
      ready: role === "web" ? "/api/trpc/ready" : "/",
    });
  const [web, worker] = await Promise.all([start("web"), way.background ? start("worker") : null]);
  if (worker !== null) cleanUp.defer(worker.stop);
  cleanUp.defer(web.stop);
  return {
    name: nameOf(way),
    title: way.title,
    port: web.port,
    isOurs: false,
    pids: { web: [web.pid], worker: worker === null ? [] : [worker.pid] },
    books,
  };
}

function booksOf(way: Way, deps: WayDeps, bench: Bench): Books {
  const { db, tables, cachedEvent } = deps;
  return {
    tells: way.tells ?? true,
    async open(limit) {
      const [{ insertId: id }] = await db.execute<ResultSetHeader>(
        `insert into ${tables.event} (issue_limit, remaining) values (?, ?)`,
        [limit, limit],
      );
      const event: WayEvent = { id, issueLimit: limit };
      await way.open?.(deps, event);
      return id;
    },
    async progress(eventId) {
      const seats = (await way.seats?.(deps, await cachedEvent(eventId))) ?? null;
      return { seats, rows: await countCoupons(deps, eventId), onTheWay: 0 };
    },
    async rows(eventId) {
      const [rows] = await db.execute<RowDataPacket[]>(
        `select user_id, coupon_rank from ${tables.coupon} where event_id = ?`,
        [eventId],
      );
      return rows.map((row) => ({ userId: row.user_id, rank: row.coupon_rank }));
    },
    logLength: async () => (way.logs ? await topicLength(bench.admin, deps.topic) : null),
  };
}

/** The keys that a team would give them; of its own way each row holds the rank that was told. */
async function createTables({ db, tables }: WayDeps): Promise<void> {
  await db.query(`create table if not exists ${tables.event} (
    id int auto_increment primary key, issue_limit int not null, remaining int not null)`);
  await db.query(`create table if not exists ${tables.coupon} (
    id bigint unsigned auto_increment primary key, event_id int not null,
    user_id varchar(64) character set ascii collate ascii_bin not null, coupon_rank int not null,
    created_at datetime(3) not null default (utc_timestamp(3)), unique key one_per_user (event_id, user_id))`);
}

async function createTopic({ admin }: Bench, topic: string): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }],
  });
}

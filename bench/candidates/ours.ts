/** Ours, started as a deployment starts it: one web and one worker process. */
import type { RowDataPacket } from "mysql2/promise";
import { commandEnv } from "#server/env";
import { eventKeys } from "#server/redis/keys";
import { connectCommand, until } from "../../commands/lib/parts.ts";
import type { Bench } from "../context.ts";
import { type Books, type Candidate, OURS } from "./candidate.ts";
import { topicLength } from "./topic-length.ts";

const OPEN_TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;
export const CLAIM_TOPIC = "coupon.request";

/** @param webEnv further settings of the web process */
export async function startOurs(
  bench: Bench,
  cleanUp: AsyncDisposableStack,
  webEnv: Record<string, string> = {},
): Promise<Candidate> {
  const [web, worker] = await Promise.all([
    bench.start({ label: `${OURS} web`, script: "server/main.ts", env: webEnv, ready: "/readyz" }),
    bench.start({ label: `${OURS} worker`, script: "worker/main.ts", env: {}, ready: "/readyz" }),
  ]);
  cleanUp.defer(worker.stop);
  cleanUp.defer(web.stop);
  return {
    name: OURS,
    title: "Sunchak",
    port: web.port,
    isOurs: true,
    pids: { web: [web.pid], worker: [worker.pid] },
    books: oursBooks(bench, cleanUp),
  };
}

export function eventName(limit: number): string {
  return `A crowd, ${limit} coupons`;
}

/** Also for the same use cases behind another HTTP server. */
export function oursBooks(bench: Bench, cleanUp: AsyncDisposableStack): Books {
  const { db, redis, admin } = bench;
  const parts = connectCommand(commandEnv({ ...bench.addresses }, {}));
  cleanUp.defer(parts.close);

  return {
    tells: true,
    async open(limit) {
      const nowMs = await parts.gateNowMs();
      const { id } = await parts.events.createEvent({
        displayName: eventName(limit),
        issueLimit: limit,
        opensAtMs: nowMs,
        closesAtMs: null,
        expiresAtMs: nowMs + DAY_MS,
        discount: { type: "FIXED_AMOUNT", amount: 1_000 },
      });
      const isOpen = await until(parts.clock, OPEN_TIMEOUT_MS, () => parts.askGate(id));
      if (isOpen === null) throw new Error(`the gate of event ${id} was not opened`);
      return id;
    },
    async progress(eventId) {
      const [, users, pending] = eventKeys(eventId);
      // Seats first: what is seated meanwhile may then show as a row too many, and never as one that is missing.
      const [seats, onTheWay] = await Promise.all([redis.hlen(users), redis.hlen(pending)]);
      const [rows] = await db.execute<RowDataPacket[]>(
        "select count(*) as count from coupon where coupon_event_id = ?",
        [eventId],
      );
      return { seats, rows: rows[0]?.count ?? 0, onTheWay };
    },
    async rows(eventId) {
      const [rows] = await db.execute<RowDataPacket[]>(
        "select user_id, `rank` from coupon where coupon_event_id = ?",
        [eventId],
      );
      return rows.map((row) => ({ userId: row.user_id, rank: row.rank }));
    },
    logLength: () => topicLength(admin, CLAIM_TOPIC),
  };
}

/** Demo data for an empty database, so that every page has something to show. Before the first gate only. */
import { sql } from "drizzle-orm";
import type { Reporter } from "#server/coupon/ports";
import type { Database, Mysql } from "./connect.ts";
import { readCodes } from "./coupon-codes.ts";
import { coupon, couponEvent, gateEpoch, utcNow } from "./schema.ts";

/** Whoever signs in by this name finds a usable, a used and an expired coupon. */
export const DEMO_USER = "demo";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

type DemoEvent = {
  displayName: string;
  issueLimit: number;
  discountType: "FIXED_AMOUNT" | "PERCENT";
  discountAmount: number;
  /** all times count from now, negative ones lie in the past */
  opensInMs: number;
  closesInMs: number | null;
  expiresInMs: number;
  /** coupons that are issued already, the demo user's among them */
  issued?: { count: number; demoRank: number; demoUsedInMs?: number };
};

const demoEvents: DemoEvent[] = [
  {
    displayName: "가을 감사 쿠폰 · Autumn thank-you",
    ...{ issueLimit: 20, discountType: "FIXED_AMOUNT", discountAmount: 3000 },
    ...{ opensInMs: -40 * DAY_MS, closesInMs: -33 * DAY_MS, expiresInMs: -3 * DAY_MS },
    issued: { count: 12, demoRank: 4 },
  },
  {
    displayName: "주말 깜짝 쿠폰 · Weekend surprise",
    ...{ issueLimit: 30, discountType: "PERCENT", discountAmount: 15 },
    ...{ opensInMs: -6 * DAY_MS, closesInMs: -4 * DAY_MS, expiresInMs: 10 * DAY_MS },
    issued: { count: 21, demoRank: 9, demoUsedInMs: -2 * DAY_MS },
  },
  {
    displayName: "첫 구매 쿠폰 · First order",
    ...{ issueLimit: 10, discountType: "FIXED_AMOUNT", discountAmount: 10_000 },
    ...{ opensInMs: -2 * HOUR_MS, closesInMs: null, expiresInMs: 30 * DAY_MS },
    issued: { count: 10, demoRank: 3 },
  },
  {
    displayName: "오늘의 할인 쿠폰 · Today's discount",
    ...{ issueLimit: 1000, discountType: "PERCENT", discountAmount: 10 },
    ...{ opensInMs: -HOUR_MS, closesInMs: null, expiresInMs: 30 * DAY_MS },
  },
  {
    displayName: "선착순 100명 쿠폰 · First hundred",
    ...{ issueLimit: 100, discountType: "FIXED_AMOUNT", discountAmount: 5000 },
    ...{ opensInMs: MINUTE_MS, closesInMs: null, expiresInMs: 30 * DAY_MS },
  },
];

/**
 * Writes the demo events and their coupons, all or nothing. Nothing happens when there is any event, or when a
 * gate was ever built: any number of workers may call it at each start.
 * @returns whether it wrote them
 */
export async function seedDemo({
  mysql,
  reporter,
}: {
  mysql: Mysql;
  reporter: Pick<Reporter, "info">;
}): Promise<boolean> {
  // Without the lock first: an account that may not write finds here that there is nothing to write.
  if (await isInUse(mysql.db)) return false;
  const seeded = await mysql.db.transaction(async (transaction) => {
    // The lock on this row keeps other seeders and the first guardian out: rows that appear behind a first
    // rebuild would contradict the gate.
    await transaction.select().from(gateEpoch).for("update");
    if (await isInUse(transaction)) return false;
    const nowMs = await databaseNowMs(transaction);
    for (const event of demoEvents) await insertEvent(transaction, event, nowMs);
    return true;
  });
  if (seeded) reporter.info("wrote the demo events", { events: demoEvents.length, demoUser: DEMO_USER });
  return seeded;
}

async function isInUse(db: Pick<Database, "select">): Promise<boolean> {
  const [gate] = await db.select({ epoch: gateEpoch.epoch }).from(gateEpoch);
  const [anyEvent] = await db.select({ id: couponEvent.id }).from(couponEvent).limit(1);
  return gate?.epoch !== 0 || anyEvent !== undefined;
}

type Transaction = Pick<Database, "select" | "insert" | "execute">;

async function insertEvent(db: Transaction, event: DemoEvent, nowMs: number): Promise<void> {
  const { displayName, issueLimit, discountType, discountAmount, issued } = event;
  const inMs = (ms: number) => new Date(nowMs + ms);
  const [created] = await db
    .insert(couponEvent)
    .values({
      ...{ displayName, issueLimit, discountType, discountAmount },
      opensAt: inMs(event.opensInMs),
      closesAt: event.closesInMs === null ? null : inMs(event.closesInMs),
      expiresAt: inMs(event.expiresInMs),
      // With rows it counts as opened before: the first gate is then built from the rows, like after any loss.
      openedEpoch: issued ? 0 : null,
    })
    .$returningId();
  if (!created || !issued) return;
  const claimedAtMs = event.opensInMs + MINUTE_MS;
  const codeOf = await readCodes(db, [created.id], 0);
  await db.insert(coupon).values(
    Array.from({ length: issued.count }, (_, index) => ({
      couponEventId: created.id,
      userId: index + 1 === issued.demoRank ? DEMO_USER : `demo-guest-${index + 1}`,
      rank: index + 1,
      claimedAt: inMs(claimedAtMs + index),
      issuedAt: inMs(claimedAtMs + index + 50),
      expiresAt: inMs(event.expiresInMs),
      usedAt:
        index + 1 === issued.demoRank && issued.demoUsedInMs !== undefined ? inMs(issued.demoUsedInMs) : null,
      code: codeOf(created.id, index + 1),
    })),
  );
}

async function databaseNowMs(db: Transaction): Promise<number> {
  const [rows] = (await db.execute(sql`select ${utcNow} as now`)) as unknown as [{ now: string }[]];
  return Date.parse(`${rows[0]?.now.replace(" ", "T")}Z`);
}

/** Coupon events: read by every process, created and changed by the operator's commands. */
import { and, desc, eq, lt, ne, sql } from "drizzle-orm";
import {
  type CouponEvent,
  type EventChange,
  ISSUE_LIMIT_MAX,
  windowErrors,
} from "#server/coupon/coupon-event";
import { EventChangeError, type EventEditor, type EventSource } from "#server/coupon/ports";
import type { Database } from "./connect.ts";
import { eventColumns, toCouponEvent } from "./rows.ts";
import { couponEvent, utcNow } from "./schema.ts";

/** Rows in one read: a thousand events are well below the time-out of a statement. */
const EVENTS_PAGE_MAX = 1_000;

/** More changes than anybody makes to one event between a backup and its restore. */
const VERSIONS_SINCE_BACKUP = 1_000;

/**
 * For a database that was restored: a gate may hold later versions than this one, and would keep to their settings.
 * The events as they are here become the newest.
 */
export async function outdoVersionsOfGates({ db }: { db: Database }): Promise<void> {
  await db
    .update(couponEvent)
    .set({ version: sql`${couponEvent.version} + ${VERSIONS_SINCE_BACKUP}` })
    .where(ne(couponEvent.status, "archived"));
}

export function mysqlEvents({ db }: { db: Database }): EventSource & EventEditor {
  async function findEvent(eventId: number): Promise<CouponEvent | null> {
    const [row] = await db.select(eventColumns).from(couponEvent).where(eq(couponEvent.id, eventId));
    return row ? toCouponEvent(row) : null;
  }

  return {
    findEvent,

    async liveEvents() {
      const events: CouponEvent[] = [];
      for (;;) {
        const before = events.at(-1)?.id;
        const older = before === undefined ? undefined : lt(couponEvent.id, before);
        const page = await db
          .select(eventColumns)
          .from(couponEvent)
          .where(and(ne(couponEvent.status, "archived"), older))
          .orderBy(desc(couponEvent.id))
          .limit(EVENTS_PAGE_MAX);
        events.push(...page.map(toCouponEvent));
        // None may be left out: the guardian looks after these, and a rebuild opens these.
        if (page.length < EVENTS_PAGE_MAX) return events;
      }
    },

    async createEvent(event) {
      const [created] = await db
        .insert(couponEvent)
        .values({
          displayName: event.displayName,
          issueLimit: event.issueLimit,
          opensAt: new Date(event.opensAtMs),
          closesAt: optionalDate(event.closesAtMs),
          expiresAt: new Date(event.expiresAtMs),
          discountType: event.discount.type,
          discountAmount: event.discount.amount,
        })
        .$returningId();
      const stored = created && (await findEvent(created.id));
      if (!stored) throw new Error("the event was created, but cannot be read back");
      return stored;
    },

    async changeEvent(eventId, change) {
      const current = await findEvent(eventId);
      if (!current) throw new EventChangeError(`there is no event ${eventId}`);
      refuseForbidden(current, change);
      const [result] = await db
        .update(couponEvent)
        .set({
          ...(change.status !== undefined && { status: change.status }),
          ...(change.issueLimit !== undefined && { issueLimit: change.issueLimit }),
          ...(change.closesAtMs !== undefined && { closesAt: optionalDate(change.closesAtMs) }),
          version: sql`${couponEvent.version} + 1`,
          updatedAt: utcNow,
        })
        // The rules were judged by this version; another one may have raised the limit or archived the event.
        .where(and(eq(couponEvent.id, eventId), eq(couponEvent.version, current.version)));
      if (result.affectedRows !== 1)
        throw new EventChangeError(`event ${eventId} was changed by someone else meanwhile: look again`);
      return applied(current, change);
    },
  };
}

function refuseForbidden(current: CouponEvent, change: EventChange): void {
  const refuse = (reason: string) => {
    throw new EventChangeError(`event ${current.id}: ${reason}`);
  };
  if (current.status === "archived") refuse("it is archived, which cannot be undone");
  const { issueLimit } = change;
  if (issueLimit !== undefined) {
    if (!Number.isInteger(issueLimit) || issueLimit > ISSUE_LIMIT_MAX)
      refuse(`the limit must be a whole number up to ${ISSUE_LIMIT_MAX}`);
    if (issueLimit < current.issueLimit)
      refuse(`the limit only grows: ${current.issueLimit} coupons are promised already`);
  }
  const errors = windowErrors(applied(current, change));
  if (errors.length > 0) refuse(errors.join("; "));
}

function applied(current: CouponEvent, change: EventChange): CouponEvent {
  return {
    ...current,
    status: change.status ?? current.status,
    issueLimit: change.issueLimit ?? current.issueLimit,
    closesAtMs: change.closesAtMs === undefined ? current.closesAtMs : change.closesAtMs,
    version: current.version + 1,
  };
}

function optionalDate(timeMs: number | null): Date | null {
  return timeMs === null ? null : new Date(timeMs);
}

/** What reconciliation and archiving ask of the tables, answered from modelled ones. */
import { type CouponEvent, gateSettings } from "../coupon-event.ts";
import type {
  ConflictKind,
  CouponRow,
  EventAccounts,
  EventArchive,
  FailedEvent,
  FailedSeatRecord,
  IssueConflict,
} from "../ports.ts";

const HOUR_MS = 3_600_000;

export type AccountTables = {
  events: Map<number, CouponEvent>;
  rows: readonly CouponRow[];
  failed: readonly FailedEvent[];
  conflicts: readonly IssueConflict[];
};

/** The ports' answers, at once: whoever models the way to the database puts it around them. */
export type AccountAnswers = {
  [K in keyof EventAccounts]: (
    ...args: Parameters<EventAccounts[K]>
  ) => Awaited<ReturnType<EventAccounts[K]>>;
} & {
  [K in keyof EventArchive]: (...args: Parameters<EventArchive[K]>) => Awaited<ReturnType<EventArchive[K]>>;
};

export function tableAccounts(tables: () => AccountTables, nowMs: () => number): AccountAnswers {
  return {
    rowCounts(eventIds) {
      const counts = new Map<number, number>();
      for (const { eventId } of tables().rows)
        if (eventIds.includes(eventId)) counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
      return counts;
    },
    failedOfEvent({ eventId, afterId, limit }) {
      return tables()
        .failed.flatMap(({ id, value, state, eventId: named }): FailedSeatRecord[] =>
          named === eventId && id > afterId && state !== "replayed" ? [{ id, value, state }] : [],
        )
        .slice(0, limit);
    },
    conflictCounts(eventId) {
      const counts: Record<ConflictKind, number> = {
        ...{ rank_taken: 0, user_has_other_rank: 0, over_limit: 0, stale_epoch: 0 },
      };
      for (const conflict of tables().conflicts) if (conflict.eventId === eventId) counts[conflict.kind] += 1;
      return counts;
    },
    endEvent({ eventId, version, status }) {
      const event = tables().events.get(eventId);
      if (event?.version !== version) return null;
      if (status === "archived" ? event.status !== "closed" : event.status === "archived") return null;
      tables().events.set(eventId, { ...event, status, version: version + 1 });
      return version + 1;
    },
    /** An event that is closed counts as closed for long: the model keeps no time of a change. */
    endedEvents({ endedForHours, limit }) {
      return [...tables().events.values()]
        .filter(({ status, openedEpoch }) => status !== "archived" && openedEpoch !== null)
        .filter((event) => {
          const endMs = gateSettings(event).closesAtMs ?? Number.POSITIVE_INFINITY;
          return event.status === "closed" || endMs < nowMs() - endedForHours * HOUR_MS;
        })
        .map(({ id }) => id)
        .slice(0, limit);
    },
    recentlyArchived: () =>
      [...tables().events.values()].flatMap(({ id, status }) => (status === "archived" ? id : [])),
  };
}

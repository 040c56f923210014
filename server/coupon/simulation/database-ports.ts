/** The database's ports of one process, except the worker's transaction: single statements over the wire. */
import { type CouponEvent, type EventChange, type NewCouponEvent, windowErrors } from "../coupon-event.ts";
import { failedPage } from "../model/model-failed.ts";
import {
  type EpochStore,
  EventChangeError,
  type EventEditor,
  type EventSource,
  type SeatLedger,
  type SeatRows,
} from "../ports.ts";
import type { Database } from "./database.ts";
import type { Life } from "./process.ts";
import { sourceKey } from "./tables.ts";
import { BrokenConnectionError, type Wire } from "./wire.ts";

const STATEMENT_TIMEOUT_MS = 1500;
const EPOCH_TIMEOUT_MS = 1000;

export type DatabasePorts = {
  epochs: EpochStore;
  events: EventSource & EventEditor;
  ledger: SeatLedger;
  rows: SeatRows;
};

export function databasePorts(parts: { database: Database; wire: Wire; life: Life }): DatabasePorts {
  const { database, wire, life } = parts;

  function run<T>(
    what: string,
    args: unknown,
    effect: () => T,
    timeoutMs = STATEMENT_TIMEOUT_MS,
  ): Promise<T> {
    return wire(life, {
      service: "mysql",
      what,
      args,
      timeoutMs,
      effect: () => {
        if (database.down) throw new BrokenConnectionError("the database is down");
        return effect();
      },
    });
  }

  return {
    rows: {
      findSeats: (eventId, userIds) =>
        run("findSeats", { eventId, userIds }, () =>
          userIds.flatMap((userId) => database.tables.coupons.byUser(eventId, userId) ?? []),
        ),
    },
    ledger: ledger(database, run),
    events: events(database, run),
    epochs: { ...epochs(database, run), withRebuildLock },
  };

  /** A courtesy of one connection: when that is lost the work goes on without the lock. */
  async function withRebuildLock<T>(work: () => Promise<T>): Promise<T | null> {
    const me = life.process.name;
    let isClosed = false;
    const release = () => {
      isClosed = true;
      if (database.lockOwner === me) database.lockOwner = null;
    };
    try {
      const granted = await run("getLock", undefined, () => {
        if (isClosed || life.hasEnded() || database.lockOwner !== null) return false;
        database.lockOwner = me;
        return true;
      });
      if (!granted) {
        isClosed = true;
        return null;
      }
      return await work();
    } finally {
      // Without an answer the connection is closed, and the lock goes with it.
      if (!isClosed) await run("releaseLock", undefined, release).catch(release);
    }
  }

  function epochs({ tables }: Database, statement: Run): Omit<EpochStore, "withRebuildLock"> {
    return {
      currentEpoch: () => statement("currentEpoch", undefined, () => ({ ...tables.gate }), EPOCH_TIMEOUT_MS),
      raiseEpoch: ({ reason, ...next }) => statement("raiseEpoch", reason, () => database.raiseEpoch(next)),
      partitionEpochs: (topic, count) =>
        statement("partitionEpochs", undefined, () =>
          Array.from(
            { length: count },
            (_, partition) => tables.partitionEpochs.get(sourceKey({ topic, partition })) ?? 0,
          ),
        ),
      logTopics: () =>
        statement("logTopics", undefined, () => {
          const counts = new Map<string, number>();
          for (const key of tables.partitionEpochs.keys()) {
            const [topic = "", partition] = key.split("/");
            counts.set(topic, Math.max(counts.get(topic) ?? 0, Number(partition) + 1));
          }
          return [...counts].map(([topic, partitions]) => ({ topic, partitions }));
        }),
      setOpenedEpoch: (eventId, epoch) =>
        statement("setOpenedEpoch", { eventId, epoch }, () => {
          const event = tables.events.get(eventId);
          if (!event || event.openedEpoch !== null || tables.gate.epoch !== epoch) return false;
          event.openedEpoch = epoch;
          return true;
        }),
    };
  }
}

type Run = <T>(what: string, args: unknown, effect: () => T, timeoutMs?: number) => Promise<T>;

function ledger({ tables }: Database, run: Run): SeatLedger {
  return {
    failedRecords: (page) => run("failedRecords", page, () => failedPage(tables.failed, page)),
    seatRows: ({ eventId, afterRank, limit }) =>
      run("seatRows", { eventId, afterRank }, () =>
        tables.coupons
          .all()
          .filter((row) => row.eventId === eventId && row.rank > afterRank)
          .sort((a, b) => a.rank - b.rank)
          .slice(0, limit),
      ),
    highestRanks: (eventIds) =>
      run("highestRanks", eventIds, () => {
        const highest = new Map<number, number>();
        for (const { eventId, rank } of tables.coupons.all())
          if (eventIds.includes(eventId)) highest.set(eventId, Math.max(rank, highest.get(eventId) ?? 0));
        return highest;
      }),
  };
}

function events({ tables, statusVersions }: Database, run: Run): EventSource & EventEditor {
  return {
    liveEvents: () =>
      run("liveEvents", undefined, () =>
        [...tables.events.values()].flatMap((event) => (event.status === "archived" ? [] : { ...event })),
      ),
    findEvent: (eventId) =>
      run("findEvent", eventId, () => {
        const event = tables.events.get(eventId);
        return event ? { ...event } : null;
      }),
    createEvent: (wish) => run("createEvent", wish.issueLimit, () => create(tables.events, wish)),
    changeEvent: (eventId, change) =>
      run("changeEvent", { eventId, ...change }, () => {
        const changed = applyChange(tables.events, eventId, change);
        if (change.status) statusVersions.set(eventId, changed.version);
        return changed;
      }),
  };
}

function create(events: Map<number, CouponEvent>, wish: NewCouponEvent): CouponEvent {
  const event = { ...wish, id: events.size + 1, status: "active", version: 1, openedEpoch: null } as const;
  events.set(event.id, { ...event });
  return { ...event };
}

function applyChange(events: Map<number, CouponEvent>, eventId: number, change: EventChange): CouponEvent {
  const current = events.get(eventId);
  if (!current) throw new EventChangeError(`there is no event ${eventId}`);
  if (current.status === "archived") throw new EventChangeError("it is archived, which cannot be undone");
  const changed: CouponEvent = { ...current, ...change, version: current.version + 1 };
  if (changed.issueLimit < current.issueLimit) throw new EventChangeError("the limit only grows");
  if (windowErrors(changed).length > 0) throw new EventChangeError(windowErrors(changed).join("; "));
  events.set(eventId, changed);
  return { ...changed };
}

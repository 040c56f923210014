/** Faults in what becomes of parked records: how a replay is judged, and when a discarded seat is given away. */
import { sourceKey } from "../tables.ts";
import type { PlantedFault } from "../world.ts";

export const parkedFaults = {
  "a discarded seat is given away without a rebuild": {
    afterDiscard({ redis }, { eventId, userId, rank }) {
      const keys = redis.master().events.get(eventId);
      if (keys?.users.get(userId)?.rank !== rank) return;
      keys.users.delete(userId);
      keys.free.add(rank);
      if (keys.pending.delete(userId)) keys.outbox -= 1;
    },
  },
} satisfies Record<string, PlantedFault>;

/** A parked record is judged by the epoch that its partition has reached since. */
export const judgedByNow: PlantedFault = {
  ports: (ports, { world }) => ({
    ...ports,
    store: {
      ...ports.store,
      failedTransaction: (work) =>
        ports.store.failedTransaction((transaction) =>
          work({
            ...transaction,
            async lockFailed(ids) {
              const { partitionEpochs } = world.database.tables;
              const locked = await transaction.lockFailed(ids);
              return locked.map((record) => ({
                ...record,
                partitionEpoch: partitionEpochs.get(sourceKey(record.origin)) ?? 0,
              }));
            },
          }),
        ),
    },
  }),
};

/** What is known of an event counts from the epoch behind its first opening on. */
export const openedOverParked: PlantedFault = {
  ports: (ports, { world }) => {
    const { tables } = world.database;
    const isNew = (eventId: number | null) =>
      tables.events.get(eventId ?? 0)?.openedEpoch === tables.gate.epoch;
    return {
      ...ports,
      ledger: {
        ...ports.ledger,
        async failedRecords(page) {
          const records = await ports.ledger.failedRecords(page);
          return records.filter(({ value }) => !isNew(world.evidence.seatOfRecord(value)?.eventId ?? null));
        },
      },
    };
  },
};

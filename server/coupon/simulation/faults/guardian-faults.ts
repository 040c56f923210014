/** Faults in the guardian: steps of the rebuild that are left out, come too early, or read too early. */
import { failedPage } from "../../model/model-failed.ts";
import type { SeatLedger } from "../../ports.ts";
import type { PlantedFault, World } from "../world.ts";

const FAR = Number.MAX_SAFE_INTEGER;

/** The rows and parked records as they are now, for reads that come later. */
export function ledgerOfNow({ database }: World): Pick<SeatLedger, "seatRows" | "failedRecords"> {
  const rows = [...database.tables.coupons.all()];
  const failed = database.tables.failed.map((record) => ({ ...record }));
  return {
    seatRows: async ({ eventId, afterRank }) =>
      rows.filter((row) => row.eventId === eventId && row.rank > afterRank).sort((a, b) => a.rank - b.rank),
    failedRecords: async (page) => failedPage(failed, page),
  };
}

export const guardianFaults = {
  "no drain": {
    ports: (ports) => ({
      ...ports,
      epochs: { ...ports.epochs, partitionEpochs: async (_topic, count) => Array(count).fill(FAR) },
    }),
  },
  "markers before the lease has ended": { rebuild: { leaseMs: 0, leaseMarginMs: 0 } },
  "rows are read before the drain": {
    ports: (ports, { world }) => {
      let ledger = ledgerOfNow(world);
      return {
        ...ports,
        epochs: {
          ...ports.epochs,
          raiseEpoch: (next) => {
            ledger = ledgerOfNow(world);
            return ports.epochs.raiseEpoch(next);
          },
        },
        ledger: {
          ...ports.ledger,
          seatRows: (page) => ledger.seatRows(page),
          failedRecords: (page) => ledger.failedRecords(page),
        },
      };
    },
  },
  "parked seats are ignored": {
    ports: (ports) => ({ ...ports, ledger: { ...ports.ledger, failedRecords: async () => [] } }),
  },
  "a gate that is missing is opened as for the first time": {
    ports: (ports, { world, life }) => ({
      ...ports,
      events: {
        ...ports.events,
        async liveEvents() {
          const { events } = world.redis.nodeOf(life.process.name);
          const live = await ports.events.liveEvents();
          return live.map((event) => (events.has(event.id) ? event : { ...event, openedEpoch: null }));
        },
      },
      epochs: {
        ...ports.epochs,
        setOpenedEpoch: async (eventId, epoch) => {
          await ports.epochs.setOpenedEpoch(eventId, epoch);
          return true;
        },
      },
    }),
  },
  "only active events are rebuilt": {
    ports: (ports, { life }) => ({
      ...ports,
      events: {
        ...ports.events,
        async liveEvents() {
          const live = await ports.events.liveEvents();
          const isGuardian = life.process.name.startsWith("guardian");
          return isGuardian ? live.filter(({ status }) => status === "active") : live;
        },
      },
    }),
  },
} satisfies Record<string, PlantedFault>;

/** Rules of reading, draining and issuing that only one history is about, taken away for it. */
import type { PlantedFault, Ports } from "../world.ts";
import { ledgerOfNow } from "./guardian-faults.ts";
import { issueFaults, withEpoch, withRecords } from "./issue-faults.ts";

type Insert = Ports["store"];

/** Puts another transaction in the place of the worker's. */
function withTransaction(
  store: Insert,
  change: (transaction: Parameters<Parameters<Insert["transaction"]>[0]>[0]) => typeof transaction,
): Insert {
  return {
    ...store,
    transaction: (work) => store.transaction((transaction) => work(change(transaction))),
  };
}

export const caseBlindRows: PlantedFault = {
  ports: (ports) => ({
    ...ports,
    store: withTransaction(ports.store, (transaction) => ({
      ...transaction,
      insertCoupons: (rows) =>
        transaction.insertCoupons(rows.map((row) => ({ ...row, userId: row.userId.toLowerCase() }))),
    })),
  }),
};

/** Markers and drain know one partition, whatever the settings say. */
export const onlyFirstPartition: PlantedFault = {
  ports: (ports) => ({
    ...ports,
    markers: {
      ...ports.markers,
      appendMarkers: (target, epoch) => ports.markers.appendMarkers({ ...target, partitions: 1 }, epoch),
    },
    epochs: { ...ports.epochs, partitionEpochs: (topic) => ports.epochs.partitionEpochs(topic, 1) },
  }),
};

export const rowsBeforeParked: PlantedFault = {
  ports: (ports, { world }) => {
    let ledger = ledgerOfNow(world);
    return {
      ...ports,
      ledger: {
        ...ports.ledger,
        failedRecords: (page) => {
          ledger = ledgerOfNow(world);
          return ports.ledger.failedRecords(page);
        },
        seatRows: (page) => ledger.seatRows(page),
      },
    };
  },
};

/** A record is fresh when it stands before the newest marker, whatever stands before it. */
export const newestMarkerDecides: PlantedFault = {
  ports: (ports, { world }) => ({
    ...ports,
    reader: withRecords(ports, world, (record, reached, all) => {
      const newest = all.findLastIndex(({ value }) => world.evidence.markerEpoch(value) !== null);
      return Number(record.origin.offset) < newest ? withEpoch(record, reached) : record;
    }),
  }),
};

/** A stale record goes the way of a fresh one as far as being parked. */
export const staleIsParked: PlantedFault = {
  ports: (ports, place) => {
    const accepting = issueFaults["a stale record is accepted"].ports(ports, place);
    return { ...ports, reader: accepting.reader };
  },
};

/** Rows are read back as they were when the transaction began, and what is not seen is guessed. */
export const unseenIsConflict: PlantedFault = {
  ports: (ports, { world }) => ({
    ...ports,
    store: withTransaction(ports.store, (transaction) => {
      const { coupons } = world.database.tables;
      const old = [...coupons.all()];
      return {
        ...transaction,
        async standingRows(places) {
          await transaction.standingRows(places);
          return places.map(
            (place) =>
              old.find((row) => row.eventId === place.eventId && row.rank === place.rank) ?? {
                ...{ eventId: place.eventId, rank: place.rank, userId: "somebody", claimedAtMs: 0 },
              },
          );
        },
      };
    }),
  }),
};

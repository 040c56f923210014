/** Faults in the worker's reading side, and in what the log's order means to it. */
import type { LogRecord } from "../../ports.ts";
import type { PlantedFault, Ports, World } from "../world.ts";

/** The records of a fetch, each changed in the light of the epoch that the partition had reached there. */
export function withRecords(
  ports: Ports,
  world: World,
  change: (record: LogRecord, reached: number, all: readonly LogRecord[]) => LogRecord,
): Ports["reader"] {
  return {
    ...ports.reader,
    async fetch(call) {
      const fetched = await ports.reader.fetch(call);
      const all = world.log.find(call.topic, call.partition)?.records ?? [];
      const records = fetched?.records.map((record) => {
        const before = all.slice(0, Number(record.origin.offset) + 1);
        const markers = before.map(({ value }) => world.evidence.markerEpoch(value) ?? 0);
        return change(record, Math.max(0, ...markers.filter((epoch) => epoch < 99)), all);
      });
      return fetched && { ...fetched, records: records ?? [] };
    },
  };
}

export function withEpoch(record: LogRecord, epoch: number): LogRecord {
  if (!record.value?.includes('"rank"')) return record;
  return { ...record, value: record.value.replace(/"epoch":\d+/, `"epoch":${epoch}`) };
}

export const issueFaults = {
  "offsets are committed first": { commitsFirst: true },
  "a stale record is accepted": {
    ports: (ports, { world }) => ({
      ...ports,
      reader: withRecords(ports, world, (record, reached) => withEpoch(record, reached)),
    }),
  },
  // Without markers nothing is stale, and the drain can only wait until everything was read.
  "no markers": {
    ports: (ports, { world }) => ({
      ...ports,
      markers: { ...ports.markers, appendMarkers: async () => true },
      epochs: {
        ...ports.epochs,
        async partitionEpochs(topic, count) {
          const { epoch } = await ports.epochs.currentEpoch();
          return Array.from({ length: count }, (_, partition) => {
            const known = world.log.find(topic, partition);
            return known && known.committed < known.records.length ? 0 : epoch;
          });
        },
      },
      reader: withRecords(ports, world, (record) => withEpoch(record, 1)),
      store: {
        ...ports.store,
        transaction: (work) =>
          ports.store.transaction((transaction) =>
            work({
              ...transaction,
              lockPartition: async (source) => ({
                ...(await transaction.lockPartition(source)),
                partitionEpoch: 1,
              }),
            }),
          ),
      },
    }),
  },
  "the worker remembers the gate's epoch": {
    ports: (ports) => {
      let remembered: number | null = null;
      return {
        ...ports,
        store: {
          ...ports.store,
          transaction: (work) =>
            ports.store.transaction((transaction) =>
              work({
                ...transaction,
                async lockPartition(source) {
                  const known = await transaction.lockPartition(source);
                  remembered ??= known.gateEpoch;
                  return { ...known, gateEpoch: remembered };
                },
              }),
            ),
        },
      };
    },
  },
} satisfies Record<string, PlantedFault>;

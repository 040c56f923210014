/** Faults in reconciliation and archiving: steps left out, taken in another order, or judged by what is true later. */
import type { PlantedFault, Ports } from "../world.ts";

const FAR = BigInt(Number.MAX_SAFE_INTEGER);

function withGate(ports: Ports, change: Partial<Ports["gate"]>): Ports {
  return { ...ports, gate: { ...ports.gate, ...change } };
}

export const bookFaults = {
  "the keys of an event go before its status": {
    ports: (ports) => ({
      ...ports,
      archive: {
        ...ports.archive,
        async endEvent(call) {
          if (call.status === "archived") await ports.gate.forget(call.eventId);
          return await ports.archive.endEvent(call);
        },
      },
    }),
  },
  "an event is archived with a pending seat": {
    ports: (ports) =>
      withGate(ports, {
        async allSeats(call) {
          const reply = await ports.gate.allSeats(call);
          if (reply.fenced) return reply;
          const seats = reply.value.seats.filter(({ pending }) => !pending);
          return { ...reply, value: { ...reply.value, seats } };
        },
      }),
  },
  "an event is archived without the gate's word that it is closed": {
    ports: (ports, { life }) =>
      withGate(ports, {
        async status(call) {
          const reply = await ports.gate.status(call);
          if (reply.fenced || life.process.name !== "operator") return reply;
          const settings = { ...reply.value.settings, status: "closed", version: 1e9 } as const;
          return { ...reply, value: { ...reply.value, settings } };
        },
      }),
  },
  "seats are compared with rows that the workers have not read yet": {
    ports: (ports) => ({
      ...ports,
      progress: {
        ...ports.progress,
        committedOffsets: async ({ partitions }) => Array(partitions).fill(FAR),
      },
    }),
  },
} satisfies Record<string, PlantedFault>;

/** What is sent again bears the epoch of now. */
export const sentWithLaterEpoch: PlantedFault = {
  ports: (ports) => ({
    ...ports,
    log: {
      async append(gate, records) {
        const { epoch } = await ports.epochs.currentEpoch().catch(() => gate);
        const label = (record: (typeof records)[number]) =>
          record.requestId === "reconcile" ? { ...record, epoch } : record;
        return await ports.log.append(gate, records.map(label));
      },
    },
  }),
};

/** Archived whatever has become of the event since it was closed. */
export const archivedUnconditionally: PlantedFault = {
  ports: (ports, { world }) => ({
    ...ports,
    archive: {
      ...ports.archive,
      async endEvent(call) {
        const { events } = world.database.tables;
        const event = events.get(call.eventId);
        if (call.status !== "archived" || !event) return await ports.archive.endEvent(call);
        events.set(call.eventId, { ...event, status: "archived", version: event.version + 1 });
        return event.version + 1;
      },
    },
  }),
};

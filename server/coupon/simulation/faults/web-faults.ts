/** Faults in what a web process does between the gate and its answer. */
import type { Lease } from "../../lease.ts";
import type { ClaimLog, GateEpoch } from "../../ports.ts";
import type { PlantedFault, Ports } from "../world.ts";

/** Puts another `append` in the place of the process's own. */
function withLog(change: (log: ClaimLog, ports: Ports) => ClaimLog["append"]): PlantedFault {
  return { ports: (ports) => ({ ...ports, log: { append: change(ports.log, ports) } }) };
}

/** Once read, an epoch is believed for ever. */
function endlessLease(lease: Lease): Lease {
  let last: GateEpoch | null = null;
  return {
    current: () => last,
    holds: (epoch) => last?.epoch === epoch,
    refresh: async () => {
      last = await lease.refresh();
      return last;
    },
  };
}

export const webFaults = {
  "a seat is given back after a produce time-out": {
    ports: (ports, { world, life }) => ({
      ...ports,
      log: {
        async append(gate, records) {
          const acknowledged = await ports.log.append(gate, records);
          const { events } = world.redis.nodeOf(life.process.name);
          for (const [index, { couponEventId, userId, rank }] of records.entries()) {
            const keys = events.get(couponEventId);
            if (acknowledged[index] || keys?.users.get(userId)?.rank !== rank) continue;
            keys.users.delete(userId);
            keys.pending.delete(userId);
            keys.free.add(rank);
          }
          return acknowledged;
        },
      },
    }),
  },
  "won before the acknowledgement": withLog((log) => async (gate, records) => {
    void log.append(gate, records);
    return records.map(() => true);
  }),
  "won without the lease": { lease: endlessLease },
  "a missing partition is taken as acknowledged": withLog((log) => async (gate, records) => {
    const acknowledged = await log.append(gate, records);
    return acknowledged.some(Boolean) ? records.map(() => true) : acknowledged;
  }),
  "a record is labelled with an epoch read later": withLog((log, { epochs }) => async (gate, records) => {
    const { epoch } = await epochs.currentEpoch().catch(() => gate);
    return log.append(
      gate,
      records.map((record) => ({ ...record, epoch })),
    );
  }),
  "seats are not entered in the outbox": {
    ports: (ports, { world, life }) => ({
      ...ports,
      gate: {
        ...ports.gate,
        async claim(call) {
          const reply = await ports.gate.claim(call);
          const keys = world.redis.nodeOf(life.process.name).events.get(call.eventId);
          for (const userId of call.userIds) keys?.pending.delete(userId);
          return reply;
        },
      },
    }),
  },
  "gate data is read past the fence": {
    ports: (ports, { world, life }) => ({
      ...ports,
      gate: {
        ...ports.gate,
        async status(call) {
          const reply = await ports.gate.status(call);
          const keys = world.redis.nodeOf(life.process.name).events.get(call.eventId);
          if (!reply.fenced || !keys?.settings) return reply;
          const { settings, users, next, free, pending } = keys;
          const value = {
            ...{ nowMs: 0, settings, claimLimit: settings.limit, limitEffectiveInMs: 0, next },
            ...{ free: free.size, pending: pending.size, remaining: settings.limit - users.size },
            seats: call.userIds.map((userId) => {
              const entry = users.get(userId);
              return entry ? { userId, ...entry, pending: pending.has(userId) } : null;
            }),
          };
          return { fenced: false, value };
        },
      },
    }),
  },
  "sold out is remembered for longer than a raised limit waits": { soldOut: () => ({ forMs: 5000 }) },
  "sold out is remembered without the lease": {
    soldOut: ({ lease }) => ({ lease: { ...lease, holds: () => true }, forMs: 5000 }),
  },
  "a holder is missing from the list of holders": {
    soldOut: ({ gate }) => ({
      gate: {
        ...gate,
        async allSeats(call) {
          const reply = await gate.allSeats(call);
          if (reply.fenced) return reply;
          const seats = reply.value.seats.map((seat, index) =>
            index === 0 ? { ...seat, userId: "nobody" } : seat,
          );
          return { fenced: false, value: { ...reply.value, seats } };
        },
      },
    }),
  },
} satisfies Record<string, PlantedFault>;

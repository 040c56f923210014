/** Rules around the gate that only one history is about, taken away for it. */
import type { EpochStore } from "../../ports.ts";
import type { PlantedFault, Ports } from "../world.ts";

/** A fenced reply is taken at its word, instead of as a hint. */
export const everyFenceRebuilds: PlantedFault = {
  ports: (ports, { world: { settings } }) => ({
    ...ports,
    gate: {
      ...ports.gate,
      async claim(call) {
        const reply = await ports.gate.claim(call);
        if (reply.fenced)
          await ports.epochs.raiseEpoch({ reason: "a fence", ...settings, after: call.epoch });
        return reply;
      },
    },
  }),
};

/** The gate's seats are deleted as soon as they are read. */
export const deletesFirst: PlantedFault = {
  ports: (ports, { world, life }) => ({
    ...ports,
    gate: {
      ...ports.gate,
      content(call) {
        const keys = world.redis.nodeOf(life.process.name).events.get(call.eventId);
        for (const entries of [keys?.users, keys?.pending, keys?.free]) entries?.clear();
        return ports.gate.content(call);
      },
    },
  }),
};

export const limitMayShrink: PlantedFault = {
  gateRules: { limitOnlyGrows: false },
  ports: (ports, { world }) => ({
    ...ports,
    events: {
      ...ports.events,
      async changeEvent(eventId, change) {
        const event = world.database.tables.events.get(eventId);
        if (event && change.issueLimit) event.issueLimit = change.issueLimit;
        return ports.events.changeEvent(eventId, change);
      },
    },
  }),
};

/** The operator's command ends with configure's reply, and nobody applies settings again. */
export const repliesAreBelieved: PlantedFault = {
  ports: (ports, { life }) => {
    if (life.process.name.startsWith("guardian"))
      return {
        ...ports,
        gate: { ...ports.gate, configure: async () => ({ fenced: true, reason: "fence" }) },
      };
    if (life.process.name !== "operator") return ports;
    let version = 0;
    return {
      ...ports,
      gate: {
        ...ports.gate,
        async configure(call) {
          const reply = await ports.gate.configure(call);
          if (!reply.fenced) version = reply.value.version;
          return reply;
        },
        async status(call) {
          const reply = await ports.gate.status(call);
          if (version === 0) return reply;
          return { fenced: false, value: { settings: { version }, limitEffectiveInMs: 0 } as never };
        },
      },
    };
  },
};

/** Whether there was an epoch before is asked before the new one is begun, not after. */
export const loneFirstStart: PlantedFault = {
  ports: (ports, { life }) => {
    if (!life.process.name.startsWith("guardian")) return ports;
    let hadEpoch = true;
    return {
      ...ports,
      markers: {
        ...ports.markers,
        async ensureTopic(target) {
          hadEpoch = life.process.name !== "guardian-0";
          await ports.markers.ensureTopic(target);
        },
      },
      epochs: { ...ports.epochs, raiseEpoch: (next) => raiseAnyway(ports, next) },
      clock: {
        ...ports.clock,
        // The wait for the lease is the only long one.
        sleep: (ms, signal) => ports.clock.sleep(!hadEpoch && ms > 1000 ? 0 : ms, signal),
      },
    };
  },
};

/** Whatever epoch the caller knew. */
async function raiseAnyway({ epochs }: Ports, next: Parameters<EpochStore["raiseEpoch"]>[0]) {
  const { epoch: after } = await epochs.currentEpoch();
  return epochs.raiseEpoch({ ...next, after });
}

/** Faults in the gate's scripts: checks that are left out. */
import type { PlantedFault } from "../world.ts";

export const gateFaults = {
  "a script is loaded on NOSCRIPT": { gateRules: { noscriptRefuses: false } },
  "no replid check": { gateRules: { replidCheck: false } },
  // The check in every script covers the one in `open`.
  "the gate opens and serves without the count check": {
    gateRules: { openCountCheck: false, countCheck: false },
  },
  "configure creates meta": { gateRules: { configureNeedsMeta: false } },
  "settings are applied though they are older": { gateRules: { newerSettingsOnly: false } },
  "survivors of a rebuild are not pending": {
    ports: (ports) => ({
      ...ports,
      gate: {
        ...ports.gate,
        put: (call) => {
          const seats = call.chunk.seats.map((seat) => ({ ...seat, pending: false }));
          return ports.gate.put({ ...call, chunk: { ...call.chunk, seats } });
        },
      },
    }),
  },
  // The epoch in `begin`, in `put` and `open`, the count in `open` and in every script, and the flush of older scripts
  // each stop a guardian that was overtaken.
  "an overtaken guardian goes on building": {
    gateRules: {
      ...{ beginRefusesOlder: false, buildEpochCheck: false },
      ...{ openCountCheck: false, countCheck: false, outboxCheck: false },
    },
    ports: (ports) => ({ ...ports, gate: { ...ports.gate, flushScripts: async () => {} } }),
  },
  "the outbox is not counted": { gateRules: { outboxCheck: false } },
  "a seat from the future is not swept": { gateRules: { futureIsOld: false } },
} satisfies Record<string, PlantedFault>;

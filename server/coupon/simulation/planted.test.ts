/** The simulation has teeth: each rule of the protocol that is taken away breaks a promise within a few histories. */
import { describe, expect, it } from "vitest";
import { themes } from "./chaos.ts";
import { huntedIn, type PlantedName, plantedFaults } from "./faults/planted.ts";
import { runHistory } from "./history.ts";
import type { PlantedFault } from "./world.ts";

/** All of them lie within the first 10,000 seeds, which is what the normal run takes. */
const HISTORIES_MAX = 600;
const TIMEOUT_MS = 60_000;

/** The seeds of a theme, in their order. */
function* seedsOf(theme: string): Generator<number> {
  const first = themes.findIndex(({ name }) => name === theme);
  for (let turn = 0; turn < HISTORIES_MAX; turn += 1) yield first + turn * themes.length;
}

async function firstBroken(theme: string, planted: PlantedFault) {
  for (const seed of seedsOf(theme)) {
    const { broken } = await runHistory(seed, { planted });
    if (broken) return { seed, ...broken };
  }
  return null;
}

describe("a planted fault is caught", () => {
  it.each(Object.keys(plantedFaults) as PlantedName[])(
    "%s",
    async (name) => {
      expect(await firstBroken(huntedIn[name], plantedFaults[name])).not.toBeNull();
    },
    TIMEOUT_MS,
  );
});

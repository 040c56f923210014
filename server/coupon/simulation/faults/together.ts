/** Taking several rules away at once. */
import type { PlantedFault } from "../world.ts";

/** Several rules away at once: each covers the others. */
export function together(...faults: PlantedFault[]): PlantedFault {
  const gateRules = Object.assign({}, ...faults.map((fault) => fault.gateRules));
  return {
    ...Object.assign({}, ...faults),
    gateRules,
    ports: (ports, place) =>
      faults.reduce((current, fault) => fault.ports?.(current, place) ?? current, ports),
  };
}

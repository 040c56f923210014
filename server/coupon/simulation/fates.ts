/** Weather: how calls fare on the wire, drawn from the seed. */
import type { ServiceName } from "./process.ts";
import type { Random } from "./random.ts";
import type { CallName, Fate, Fates } from "./wire.ts";

/** Probabilities for one call. */
export type Weather = { lost: number; slow: number; verySlow: number };

export const CALM: Weather = { lost: 0, slow: 0, verySlow: 0 };

/** A usual way through a data centre. */
const NORMAL_MS = [1, 6] as const;
const SLOW_MS = [50, 700] as const;
/** Longer than any time-out and most leases: the call has its effect when its sender has long given up. */
const VERY_SLOW_MS = [1000, 9000] as const;

export function randomFates(options: {
  random: Random;
  weather: (service: ServiceName) => Weather;
  /** an effect this late would come after everything was healed */
  latestMs: () => number;
}): Fates {
  const { random, weather, latestMs } = options;

  function delayMs({ slow, verySlow }: Weather): number {
    const draw = random.fraction();
    if (draw < verySlow) return Math.min(random.between(...VERY_SLOW_MS), latestMs());
    const [min, max] = draw < verySlow + slow ? SLOW_MS : NORMAL_MS;
    return random.between(min, max);
  }

  function whatIsLost(chance: number): Fate["lost"] {
    if (!random.chance(chance)) return "nothing";
    return random.chance(0.5) ? "request" : "reply";
  }

  return ({ service }: CallName) => {
    const now = weather(service);
    return { requestMs: delayMs(now), replyMs: delayMs(now), lost: whatIsLost(now.lost) };
  };
}

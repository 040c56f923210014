"use client";
/** The server's time as a value that a component can render, in step with a moment it counts down to. */
import { useEffect, useState } from "react";
import { attention } from "./attention.ts";
import type { ServerClock } from "./server-clock.ts";

const SECOND_MS = 1_000;
/** A timer may fire a moment early; without this the last tick before the moment would show it twice. */
const AFTER_THE_MOMENT_MS = 2;

/**
 * Renders again whenever a whole second is left until `target`, and once more at the target itself.
 * @returns UTC milliseconds of the server, or null before the first measurement
 */
export function useServerNow(clock: ServerClock, target: number): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      clearTimeout(timer);
      const time = clock.now();
      setNow(time);
      const untilNextSecond = time === null ? SECOND_MS / 4 : modulo(target - time, SECOND_MS) || SECOND_MS;
      timer = setTimeout(tick, untilNextSecond + AFTER_THE_MOMENT_MS);
    };
    tick();
    // The timers of a phone that slept are late; whoever looks at it again must see the present.
    const stopListening = attention.onReturn(tick);
    return () => {
      stopListening();
      clearTimeout(timer);
    };
  }, [clock, target]);
  return now;
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

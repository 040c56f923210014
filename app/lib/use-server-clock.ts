"use client";
/** A clock that every answer with the server's time in it sharpens. */
import { useState } from "react";
import { type ServerClock, serverClock } from "./server-clock.ts";

/** `measured` asks, and takes the round trip into the clock. */
export function useServerClock() {
  const [clock] = useState(() => serverClock(() => performance.now()));
  return { clock, measured: <T>(ask: Ask<T>) => measure(clock, ask) };
}

type Ask<T> = { ask: () => Promise<T>; serverTime: (answer: T) => string | undefined };

async function measure<T>(clock: ServerClock, { ask, serverTime }: Ask<T>): Promise<T> {
  const sentAt = performance.now();
  const answer = await ask();
  const time = serverTime(answer);
  if (time) clock.add({ sentAt, receivedAt: performance.now(), serverTime: Date.parse(time) });
  return answer;
}

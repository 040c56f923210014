/**
 * Listening to what the server tells by itself, while somebody looks at the page. A browser that has lost the
 * connection comes back by itself; after a refusal (as many listen as the server can serve) we try again, later.
 */
import type { Attention } from "./answers.ts";

/** Doubled at most, by chance: a crowd that found no room must not come back together. */
const REFUSED_MS = 15_000;
/** The same for a crowd that has lost its server: whoever is back by then has lost nothing. */
const LOST_MS = 1_000;
/** EventSource.CLOSED */
const CLOSED = 2;

/** Also when nobody looks any longer. */
export type FullAttention = Attention & { onLeave: (callback: () => void) => () => void };

type Options = {
  attention: FullAttention;
  open: () => Pick<EventSource, "readyState" | "close" | "onmessage" | "onerror">;
  hear: (message: string) => void;
  lost: () => void;
  random: () => number;
};

/** @returns how to stop */
export function follow({ attention, open, hear, lost, random }: Options): () => void {
  let source: ReturnType<Options["open"]> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
    source?.close();
    source = undefined;
  }

  function start(): void {
    if (attention.away() || (source && source.readyState !== CLOSED)) return;
    stop();
    const mine = open();
    source = mine;
    mine.onmessage = ({ data }) => {
      clearTimeout(timer);
      timer = undefined;
      hear(data);
    };
    mine.onerror = () => {
      timer ??= later(LOST_MS, () => {
        lost();
        timer = mine.readyState === CLOSED ? later(REFUSED_MS, start) : undefined;
      });
    };
  }

  function later(ms: number, act: () => void): ReturnType<typeof setTimeout> {
    return setTimeout(act, ms * (1 + random()));
  }

  start();
  const stopListening = [attention.onReturn(start), attention.onLeave(stop)];
  return () => {
    for (const stopIt of stopListening) stopIt();
    stop();
  };
}

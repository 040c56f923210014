/** What a connection to Redis hears while it is being made: let in, turned away, or nobody there. */
import type { Cluster, Redis } from "ioredis";

export type FirstWord = {
  /**
   * Resolves once commands can be sent. Rejects with a sentence for the operator: at once when Redis turns us away,
   * else after `timeoutMs`.
   */
  untilReady(timeoutMs: number): Promise<void>;
  /** Resolves when Redis cannot be reached, after `timeoutMs` at the latest. One that answers is not away. */
  untilAway(timeoutMs: number): Promise<void>;
};

/**
 * Listens from now on, since the word may come before anybody waits for it.
 * @param isRefusal whether an error means that trying again is of no use before somebody has changed a setting
 */
export function listenToFirstWord(
  client: Redis | Cluster,
  isRefusal: (error: unknown) => boolean,
): FirstWord {
  let lastError: Error | undefined;
  const waiting = new Set<() => void>();
  const hear = (error: Error | undefined) => {
    lastError = error;
    for (const look of waiting) look();
  };
  client.on("ready", () => hear(undefined));
  client.on("error", hear);

  const isReady = () => client.status === "ready";
  const isRefused = () => lastError !== undefined && isRefusal(lastError);
  const isAway = () => lastError !== undefined && !isRefused();

  /** Looks at what is known and at whatever comes, until `isOver` says so or the time is up. */
  function until(isOver: () => boolean, timeoutMs: number): Promise<void> {
    if (isOver()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => void (isOver() && end());
      const timer = setTimeout(end, timeoutMs);
      waiting.add(look);
      function end() {
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      }
    });
  }

  return {
    async untilReady(timeoutMs) {
      await until(() => isReady() || isRefused(), timeoutMs);
      if (isReady()) return;
      const why = lastError ? `: ${lastError.message}` : "";
      const what = isRefused() ? "turned us away" : `did not answer within ${timeoutMs} ms`;
      throw new Error(`Redis ${what}${why}`, { cause: lastError });
    },
    untilAway: (timeoutMs) => until(isAway, timeoutMs),
  };
}

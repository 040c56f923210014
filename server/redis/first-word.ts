/** What a connection to Redis hears while it is being made: let in, turned away, or nobody there. */
import type { Cluster, Redis } from "ioredis";

/** Redis knows us and says no; it will not say anything else before somebody has changed a setting. */
const TURNED_AWAY = /^(WRONGPASS|NOAUTH|NOPERM)\b/;

type NodeError = Error & { lastNodeError?: Error };

export type FirstWord = {
  /**
   * Resolves once commands can be sent. Rejects with a sentence for the operator: at once when Redis turns us away,
   * else after `timeoutMs`.
   */
  untilReady(timeoutMs: number): Promise<void>;
  /** Resolves when Redis cannot be reached, after `timeoutMs` at the latest. One that answers is not away. */
  untilAway(timeoutMs: number): Promise<void>;
};

/** Listens from now on, since the word may come before anybody waits for it. */
export function listenToFirstWord(client: Redis | Cluster): FirstWord {
  let lastError: Error | undefined;
  const waiting = new Set<() => void>();
  const hear = (error: Error | undefined) => {
    lastError = error;
    for (const look of waiting) look();
  };
  client.on("ready", () => hear(undefined));
  client.on("error", hear);

  const isReady = () => client.status === "ready";
  const isAway = () => lastError !== undefined && refusalIn(lastError) === undefined;

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
      await until(() => isReady() || refusalIn(lastError) !== undefined, timeoutMs);
      if (isReady()) return;
      const refusal = refusalIn(lastError);
      if (refusal) throw new Error(`Redis turned us away: ${refusal.message}`, { cause: refusal });
      const why = lastError ? `: ${lastError.message}` : "";
      throw new Error(`Redis did not answer within ${timeoutMs} ms${why}`, { cause: lastError });
    },
    untilAway: (timeoutMs) => until(isAway, timeoutMs),
  };
}

/** A Cluster has the word from its last node. */
function refusalIn(error: NodeError | undefined): Error | undefined {
  return [error, error?.lastNodeError].find((said) => said && TURNED_AWAY.test(said.message));
}

/**
 * Copies of what is costly to make, each kept for a moment: many who ask cost one making. While a copy is made again
 * the one before is answered, so that nobody waits as long as somebody asks now and then.
 */

export type Made<T> = {
  value: T;
  /** how much memory it takes */
  bytes: number;
  /** false: for those who wait for it and for nobody else */
  keep: boolean;
};

export interface KeptCopies<T> {
  /**
   * At once while there is a copy that is young enough; else when the making has ended, one for all who wait.
   * @throws (as a rejection) what `make` throws, to those who wait for it
   */
  get(key: string, make: () => Promise<Made<T>>): T | Promise<T>;
}

export type KeptCopiesOptions = {
  /** younger than this, a copy is answered and nothing else happens */
  freshMs: number;
  /** older than this, it is not answered any more, whatever became of its making */
  ageMaxMs: number;
  copiesMax: number;
  bytesMax: number;
  /** a clock that never goes back */
  nowMs: () => number;
  /** told the age of each copy that is answered */
  onAnswer: (ageMs: number) => void;
  /** told of a making that failed and for which nobody waits */
  onFailure: (error: unknown) => void;
};

type Copy<T> = {
  value: T;
  bytes: number;
  /** when its making began: what it says is not younger */
  asOfMs: number;
  /** not before this is it made again */
  dueMs: number;
};

export function createKeptCopies<T>(options: KeptCopiesOptions): KeptCopies<T> {
  const { freshMs, ageMaxMs, nowMs } = options;
  /** In the order in which they were made. What is asked for is made again, so the first one is the least used. */
  const copies = new Map<string, Copy<T>>();
  const underWay = new Map<string, Promise<T>>();
  let bytesKept = 0;

  return {
    get(key, make) {
      const copy = copies.get(key);
      if (copy === undefined) return made(key, make);
      const now = nowMs();
      const ageMs = now - copy.asOfMs;
      if (ageMs > ageMaxMs) return made(key, make);
      if (now >= copy.dueMs && !underWay.has(key)) made(key, make).catch(options.onFailure);
      options.onAnswer(ageMs);
      return copy.value;
    },
  };

  /** By the making that is under way, or by one that begins now. */
  function made(key: string, make: () => Promise<Made<T>>): Promise<T> {
    const known = underWay.get(key);
    if (known) return known;
    const asOfMs = nowMs();
    // So that a making that fails is not begun again by the next one who asks.
    const before = copies.get(key);
    if (before) before.dueMs = asOfMs + freshMs;
    const making = make()
      .then(({ value, bytes, keep }) => {
        if (keep) put(key, { value, bytes, asOfMs, dueMs: asOfMs + freshMs });
        return value;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, making);
    return making;
  }

  function put(key: string, copy: Copy<T>): void {
    drop(key);
    copies.set(key, copy);
    bytesKept += copy.bytes;
    for (const oldest of copies.keys()) {
      if (copies.size <= options.copiesMax && bytesKept <= options.bytesMax) return;
      drop(oldest);
    }
  }

  function drop(key: string): void {
    bytesKept -= copies.get(key)?.bytes ?? 0;
    copies.delete(key);
  }
}

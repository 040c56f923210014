/**
 * A queue that sends what has gathered as one batch, and the next batch when that one has returned. No timer:
 * an idle system answers at once, a busy one makes larger batches by itself.
 */

export type Ticket<R> = {
  /** Rejects with whatever the batch's run rejected with. */
  result: Promise<R>;
  /** Takes the item out again. @returns true when it was still waiting: it will never be part of a batch. */
  withdraw(): boolean;
};

export interface SelfClockedQueue<T, R> {
  /** @returns null when the queue is full. */
  push(item: T): Ticket<R> | null;
  /** Items that wait, without those of the running batch. */
  waiting(): number;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

type Entry<T, R> = {
  item: T;
  state: "waiting" | "taken" | "withdrawn";
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
};

/**
 * @param options.run gets 1 to `batchMax` items in the order of their arrival and returns one result for each;
 *   runs one at a time
 */
export function selfClockedQueue<T, R>(options: {
  run: (batch: T[]) => Promise<readonly R[]>;
  batchMax: number;
  lengthMax: number;
}): SelfClockedQueue<T, R> {
  const { run, batchMax, lengthMax } = options;
  /** In the order of arrival, with those that were withdrawn. No Set (docs/decisions/0022). */
  let entries: Entry<T, R>[] = [];
  let waiting = 0;
  let working: Promise<void> | null = null;

  function takeBatch(): Entry<T, R>[] {
    const batch: Entry<T, R>[] = [];
    let taken = 0;
    while (taken < entries.length && batch.length < batchMax) {
      const entry = entries[taken] as Entry<T, R>;
      taken += 1;
      if (entry.state !== "waiting") continue;
      entry.state = "taken";
      batch.push(entry);
    }
    entries = entries.slice(taken);
    waiting -= batch.length;
    return batch;
  }

  function withdraw(entry: Entry<T, R>): boolean {
    if (entry.state !== "waiting") return false;
    entry.state = "withdrawn";
    waiting -= 1;
    return true;
  }

  async function work(): Promise<void> {
    // One turn of the microtask queue, so that items pushed by one caller travel together.
    await Promise.resolve();
    while (waiting > 0) {
      const batch = takeBatch();
      try {
        const results = await run(batch.map((entry) => entry.item));
        if (results.length !== batch.length)
          throw new Error(`a batch of ${batch.length} got ${results.length} results`);
        for (const [index, entry] of batch.entries()) entry.resolve(results[index] as R);
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    working = null;
  }

  return {
    waiting: () => waiting,
    idle: () => working ?? Promise.resolve(),
    push(item) {
      if (waiting >= lengthMax) return null;
      const { promise, resolve, reject } = Promise.withResolvers<R>();
      const entry: Entry<T, R> = { item, state: "waiting", resolve, reject };
      entries.push(entry);
      waiting += 1;
      working ??= work();
      return { result: promise, withdraw: () => withdraw(entry) };
    },
  };
}

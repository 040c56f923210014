/** Virtual time: whatever is going to happen waits here, and happens in the order of its time. */

export type Scheduler = {
  nowMs(): number;
  after(delayMs: number, run: () => void): void;
  /** Lets things happen until `done` says so or nothing is left. What a step started has settled before the next one. */
  run(done: () => boolean): Promise<void>;
  steps(): number;
};

type Item = { atMs: number; order: number; run: () => void };

/** How many steps one turn of the event loop takes; between two of them Node runs every microtask. */
const STEPS_PER_TURN = 32;

export function createScheduler(): Scheduler {
  const heap: Item[] = [];
  let nowMs = 0;
  let order = 0;
  let steps = 0;

  function isBefore(a: Item, b: Item): boolean {
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  }

  function push(item: Item): void {
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(item, heap[parent] as Item)) break;
      heap[index] = heap[parent] as Item;
      index = parent;
    }
    heap[index] = item;
  }

  function pop(): Item | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Item, heap[child] as Item)) child += 1;
      if (!isBefore(heap[child] as Item, last)) break;
      heap[index] = heap[child] as Item;
      index = child;
    }
    heap[index] = last;
    return first;
  }

  function takeStep(): boolean {
    const item = pop();
    if (!item) return false;
    nowMs = item.atMs;
    steps += 1;
    item.run();
    return true;
  }

  return {
    nowMs: () => nowMs,
    steps: () => steps,
    after(delayMs, run) {
      order += 1;
      push({ atMs: nowMs + Math.max(0, delayMs), order, run });
    },
    run: (done) =>
      new Promise((resolve, reject) => {
        let finished = false;
        const step = () => {
          if (finished) return;
          try {
            if (done() || !takeStep()) {
              finished = true;
              resolve();
              return;
            }
          } catch (error) {
            finished = true;
            reject(error);
            return;
          }
          setImmediate(step);
        };
        for (let index = 0; index < STEPS_PER_TURN; index += 1) setImmediate(step);
      }),
  };
}

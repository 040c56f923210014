/** So many at once and no more: the others wait in a line, which has an end as well. */

export class LineIsFullError extends Error {
  constructor() {
    super("too many are waiting");
  }
}

/** @returns runs a task when it is its turn. It throws what the task throws; LineIsFullError without having run it */
export function atMost(limits: { atOnce: number; waitingMax: number }) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (running < limits.atOnce) running += 1;
    else if (waiting.length >= limits.waitingMax) throw new LineIsFullError();
    else await new Promise<void>((myTurn) => waiting.push(myTurn));
    try {
      return await task();
    } finally {
      // The place goes to the next one as it is, so that nobody who comes now takes it.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

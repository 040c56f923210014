/** Closed-loop load inside of a process: a fixed number of callers, each doing the next one when its last one is done. */

/** @param work gets 1, 2, 3 …, each number once */
export async function inParallelFor(
  seconds: number,
  callers: number,
  work: (number: number) => Promise<unknown>,
): Promise<{ count: number; seconds: number }> {
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  let next = 0;
  const caller = async () => {
    while (performance.now() < endMs) {
      next += 1;
      await work(next);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { count: next, seconds: (performance.now() - startMs) / 1000 };
}

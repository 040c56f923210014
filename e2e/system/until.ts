/** Waiting for a condition: the tests of this folder never sleep for a guess of how long something takes. */
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 50;
const TIMEOUT_MS = 30_000;

/**
 * Asks again and again until the answer is neither undefined nor false; a throw counts as "not yet".
 * @param what completes the sentence "waited … ms for …" when it never comes
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  { timeoutMs = TIMEOUT_MS, everyMs = POLL_MS } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause: lastError });
    await delay(everyMs);
  }
}

/** How long a fault lasts. The length is the fault itself, not a guess about when something else is ready. */
export function lasting(ms: number): Promise<void> {
  return delay(ms);
}

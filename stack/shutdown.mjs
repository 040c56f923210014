/** Ctrl-C, SIGTERM, a closed terminal, or an npm that is gone: all of them become one abort signal. */
import { setMaxListeners } from "node:events";
import { say } from "./progress.mjs";

const PARENT_POLL_MS = 500;
/** Ctrl-C in a terminal arrives twice, from the terminal and through npm; only a later one means "hurry". */
const SAME_PRESS_MS = 1000;

const controller = new AbortController();
/** Aborted when this process has been asked to stop; never, in a process that does not call `listenForStop`. */
export const stopSignal = controller.signal;
setMaxListeners(0, stopSignal);

/**
 * Begins to listen. The first request aborts `stopSignal`, and whoever waits on it cleans up in its own order;
 * a second one runs `hardStop` and exits at once.
 * @param {() => void} hardStop
 */
export function listenForStop(hardStop) {
  let firstAt = 0;
  const onRequest = (/** @type {string} */ reason) => {
    if (firstAt === 0) {
      firstAt = performance.now();
      say(`\nStopping (${reason}); once more to stop hard.`);
      controller.abort();
    } else if (performance.now() - firstAt > SAME_PRESS_MS) {
      say("Stopping hard.");
      hardStop();
      process.exit(130);
    }
  };
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => onRequest(signal));
  }
  watchParent(() => onRequest("npm is gone"));
}

/**
 * A shell between npm and us may die of a signal without passing it on. Without npm there may be good reasons
 * for a parent that ends (nohup, &), so then nobody watches.
 * @param {() => void} onGone
 */
export function watchParent(onGone) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  timer.unref();
}

/** Resolves when we have been asked to stop. */
export async function untilAskedToStop() {
  if (stopSignal.aborted) return;
  await new Promise((resolve) => stopSignal.addEventListener("abort", resolve, { once: true }));
}

/** Watches services while the product runs on them: one that ends is named at once and started again. */
import { Failure, lastLines, messageOf, Stopped } from "./failure.mjs";
import { say, step } from "./progress.mjs";
import { stopSignal } from "./shutdown.mjs";

const LOOK_EVERY_MS = 1000;
/** A service that ran this long had started well: its next end is a new accident. */
const WELL_AFTER_MS = 60_000;
/** More ends than this in a row are no accident. */
const ENDS_MAX = 3;

/**
 * @typedef {object} WatchedService
 * @property {string} label
 * @property {string} logFile
 * @property {() => boolean} isRunning
 * @property {() => Promise<void>} start resolves when it is ready again
 *
 * @typedef {{ ends: number, startedAt: number, restart: Promise<void> | null }} History ends: in a row
 */

/**
 * Looks after the services until `stop`, which waits for a restart that has begun: what it starts must be seen
 * by whoever ends the services next. `gaveUp` resolves when one does not stay up.
 * @param {WatchedService[]} services
 * @returns {{ gaveUp: Promise<Failure>, stop: () => Promise<void> }}
 */
export function watchServices(services) {
  /** @type {(failure: Failure) => void} */
  let giveUp = () => {};
  const gaveUp = /** @type {Promise<Failure>} */ (new Promise((resolve) => (giveUp = resolve)));
  const watched = services.map((service) => {
    /** @type {History} */
    const history = { ends: 0, startedAt: performance.now(), restart: null };
    return { service, history };
  });
  const timer = setInterval(() => {
    if (stopSignal.aborted) return;
    for (const { service, history } of watched) {
      if (history.restart || service.isRunning()) continue;
      if (endsTooOften(history)) {
        clearInterval(timer);
        return giveUp(whyGivenUp(service, history.ends));
      }
      history.restart = startAgain(service).finally(() => {
        history.restart = null;
        history.startedAt = performance.now();
      });
    }
  }, LOOK_EVERY_MS);
  timer.unref();

  const stop = async () => {
    clearInterval(timer);
    await Promise.all(watched.map(({ history }) => history.restart));
  };
  return { gaveUp, stop };
}

/**
 * Counts one more end.
 * @param {History} history
 */
function endsTooOften(history) {
  const wasWell = performance.now() - history.startedAt > WELL_AFTER_MS;
  history.ends = wasWell ? 1 : history.ends + 1;
  return history.ends > ENDS_MAX;
}

/**
 * A start that fails is not thrown: the next look finds the service down, and that counts as another end.
 * @param {WatchedService} service
 */
async function startAgain({ label, logFile, start }) {
  say(
    `${label} ended unexpectedly (its log: ${logFile}); it is started again with its data, and the product goes on by itself.`,
  );
  try {
    await step(`${label}: starting again`, start);
  } catch (error) {
    if (!(error instanceof Stopped)) say(messageOf(error));
  }
}

/**
 * @param {WatchedService} service
 * @param {number} ends
 */
function whyGivenUp({ label, logFile }, ends) {
  return new Failure(
    `${label} ended ${ends} times in a row and is not started again; the end of ${logFile}:\n${lastLines(logFile)}`,
  );
}

/** Watches what `npm start` runs, services and our own processes: one that ends is named at once and started again. */
import { Failure, lastLines, messageOf, Stopped } from "./failure.mjs";
import { say, step } from "./progress.mjs";
import { stopSignal } from "./shutdown.mjs";

const LOOK_EVERY_MS = 1000;
/** What ran this long had started well: its next end is a new accident. */
const WELL_AFTER_MS = 60_000;
/** More ends than this in a row are no accident. */
const ENDS_MAX = 3;

/**
 * @typedef {object} Watched
 * @property {string} label
 * @property {string | null} logFile null: its output is on the terminal
 * @property {() => boolean} isRunning
 * @property {() => Promise<void>} start resolves when it is ready again
 *
 * @typedef {{ ends: number, startedAt: number, restart: Promise<void> | null }} History ends: in a row
 */

/**
 * Looks after the given ones until `stop`, which waits for a restart that has begun: what it starts must be seen
 * by whoever ends the services next. `gaveUp` resolves when one does not stay up.
 * @param {Watched[]} parts
 * @returns {{ gaveUp: Promise<Failure>, stop: () => Promise<void> }}
 */
export function watch(parts) {
  /** @type {(failure: Failure) => void} */
  let giveUp = () => {};
  const gaveUp = /** @type {Promise<Failure>} */ (new Promise((resolve) => (giveUp = resolve)));
  const watched = parts.map((part) => {
    /** @type {History} */
    const history = { ends: 0, startedAt: performance.now(), restart: null };
    return { part, history };
  });
  const timer = setInterval(() => {
    if (stopSignal.aborted) return;
    for (const { part, history } of watched) {
      if (history.restart || part.isRunning()) continue;
      if (endsTooOften(history)) {
        clearInterval(timer);
        return giveUp(whyGivenUp(part, history.ends));
      }
      history.restart = startAgain(part).finally(() => {
        history.restart = null;
        history.startedAt = performance.now();
      });
    }
  }, LOOK_EVERY_MS);

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
 * A start that fails is not thrown: the next look finds it down, and that counts as another end.
 * @param {Watched} part
 */
async function startAgain({ label, logFile, start }) {
  const where = logFile === null ? "" : ` (its log: ${logFile})`;
  say(`${label} ended unexpectedly${where}; it is started again, and the product goes on by itself.`);
  try {
    await step(`${label}: starting again`, start);
  } catch (error) {
    if (!(error instanceof Stopped)) say(messageOf(error));
  }
}

/**
 * @param {Watched} part
 * @param {number} ends
 */
function whyGivenUp({ label, logFile }, ends) {
  const end = logFile === null ? "" : `; the end of ${logFile}:\n${lastLines(logFile)}`;
  return new Failure(`${label} ended ${ends} times in a row and is not started again${end}`);
}

/** Progress lines on stderr: one when a step begins, one when it ends, and a sign of life when it is long. */
import { formatWithOptions } from "node:util";

const SIGN_OF_LIFE_MS = 15_000;
const colours = process.stderr.isTTY && !process.env.NO_COLOR;

/** @param {string} code @param {string} text */
function paint(code, text) {
  return colours ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** @param {...unknown} parts */
export function say(...parts) {
  process.stderr.write(`${formatWithOptions({ colors: Boolean(colours) }, ...parts)}\n`);
}

/** @param {string} title */
export function heading(title) {
  say(`\n${paint("1", `== ${title} ==`)}`);
}

/** @param {number} ms */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Runs one long step and reports its beginning, its end and its duration. Steps may run side by side, so each
 * line stands alone and names its step.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const startedAt = performance.now();
  const elapsed = () => seconds(performance.now() - startedAt);
  say(`${paint("36", "…")} ${title}`);
  const signOfLife = setInterval(() => say(`${paint("36", "…")} ${title} (${elapsed()})`), SIGN_OF_LIFE_MS);
  signOfLife.unref();
  try {
    const result = await work();
    say(`${paint("32", "✔")} ${title} (${elapsed()})`);
    return result;
  } catch (error) {
    say(`${paint("31", "✘")} ${title} (${elapsed()})`);
    throw error;
  } finally {
    clearInterval(signOfLife);
  }
}

/** Progress on stderr: a bar where someone watches a terminal, a line per second everywhere else. */

const BAR_WIDTH = 30;
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 1000;
const LABEL_WIDTH = 12;

type Stream = { isTTY?: boolean | undefined; write(text: string): unknown };

export interface Progress {
  /** @param done how many of the total, or 0 to 1 of whatever is waited for; `text` replaces the count */
  show(done: number, text?: string): void;
  /** Ends the line. */
  end(done: number, text?: string): void;
}

export function createProgress(options: {
  label: string;
  total: number;
  stream?: Stream;
  nowMs?: () => number;
}): Progress {
  const { label, total, stream = process.stderr, nowMs = () => performance.now() } = options;
  const everyMs = stream.isTTY ? BAR_EVERY_MS : LINE_EVERY_MS;
  let shownMs = nowMs();

  function draw(done: number, text: string | undefined, last: boolean): void {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const count = text ?? `${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
    if (!stream.isTTY) return void stream.write(`${label.padEnd(LABEL_WIDTH)} ${count}\n`);
    const filled = Math.round(share * BAR_WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
    // Back to the start of the line, and away with what a longer text left behind.
    stream.write(`\r${label.padEnd(LABEL_WIDTH)} ${bar} ${count}\u001b[K${last ? "\n" : ""}`);
  }

  return {
    show(done, text) {
      if (nowMs() - shownMs < everyMs) return;
      shownMs = nowMs();
      draw(done, text, false);
    },
    end: (done, text) => draw(done, text, true),
  };
}

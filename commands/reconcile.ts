/** `npm run reconcile`: compares seats, records and rows of an event, repairs what it can, and prints a certificate. */
import { CannotCompareError } from "#server/coupon/errors";
import type { Reconciliation } from "#server/coupon/reconciliation";
import { readBooksWish } from "./books/arguments.ts";
import { certificateOf, certificatePage, shortcomings } from "./books/certificate.ts";
import { type Books, LOOK_AGAIN_MS, withBooks } from "./books/parts.ts";
import { CommandError, runCommand } from "./lib/run-command.ts";

const HELP = `npm run reconcile -- --event <id> [--wait <seconds>]

  --event  which event
  --wait   how long the workers get to read the claim log to its end and pending seats to be decided, 0 to 3600 (60)

Compares the seats in Redis with the rows in MySQL, as far as the workers have read the claim log. A seat that should
have a row and has none is sent again. Prints the certificate as one line of JSON, and for people on stderr.
An archived event is accounted for by its rows alone.
Exit code 0 when nothing differs, is pending, parked or in conflict; else 1; 2 for wrong arguments.`;

await runCommand({ help: HELP, run });

async function run(args: string[]) {
  const { id, waitMs } = readBooksWish(args);
  return await withBooks(async (books) => {
    const event = await books.findEvent(id);
    if (event.status !== "archived") await books.takeLease();
    const report = await reconcile(books, id, waitMs);
    const atMs = books.clock.wallMs();
    console.error(certificatePage(event, report, atMs));
    return { result: certificateOf(report, atMs), fallsShort: shortcomings(report).length > 0 };
  });
}

/** Again and again while something is open that passes by itself. What was repaired on the way is counted together. */
async function reconcile(books: Books, id: number, waitMs: number): Promise<Reconciliation> {
  const { clock, reconciler, signal } = books;
  const untilMs = clock.monotonicMs() + waitMs;
  let repaired = 0;
  for (;;) {
    const leftMs = Math.max(0, untilMs - clock.monotonicMs());
    try {
      const report = await reconciler.reconcile(id, { logWaitMs: leftMs, signal });
      repaired += report.repaired;
      if (report.pending === 0 || clock.monotonicMs() >= untilMs) return { ...report, repaired };
    } catch (error) {
      if (!(error instanceof CannotCompareError)) throw error;
      if (clock.monotonicMs() >= untilMs)
        throw new CommandError(`event ${id} cannot be compared now: ${error.message}`);
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

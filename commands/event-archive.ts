/** `npm run event:archive`: gives the place of an event that is over back in Redis; MySQL alone answers for it then. */
import type { ArchiveOutcome } from "#server/coupon/archive";
import { readBooksWish } from "./books/arguments.ts";
import { type Books, LOOK_AGAIN_MS, withBooks } from "./books/parts.ts";
import { CommandError, runCommand } from "./lib/run-command.ts";

const HELP = `npm run event:archive -- --event <id> [--wait <seconds>]

  --event  which event; its claims must be over: closed by event:set, or past their end
  --wait   how long the workers get to read the claim log to its end and pending seats to be decided, 0 to 3600 (60)

Compares every seat with its row first, and refuses when anything differs, is pending or parked. Winners keep their
coupons and hear the same answers as before. It cannot be undone. Prints one line of JSON.
Exit code 0; 1 when it was refused or failed; 2 for wrong arguments.`;

await runCommand({ help: HELP, run });

async function run(args: string[]) {
  const { id, waitMs } = readBooksWish(args);
  return await withBooks(async (books) => {
    await books.findEvent(id);
    await books.takeLease();
    const outcome = await archive(books, id, waitMs);
    if (outcome.status === "refused")
      throw new CommandError(
        [`Event ${id} cannot be archived:`, ...outcome.reasons.map((reason) => `  ${reason}`)].join("\n"),
      );
    const { reconciliation, keysGone } = outcome;
    if (reconciliation === null) console.error(`Event ${id} was archived before.`);
    if (!keysGone)
      console.error("Its keys are still in Redis: a worker removes them within a minute or two.");
    return { result: { event: id, archived: true, issued: reconciliation?.issued ?? null, keysGone } };
  });
}

/** Again and again while the reason is one that passes by itself. */
async function archive(books: Books, id: number, waitMs: number): Promise<ArchiveOutcome> {
  const { clock, archiver, signal } = books;
  const untilMs = clock.monotonicMs() + waitMs;
  for (;;) {
    const leftMs = Math.max(0, untilMs - clock.monotonicMs());
    const outcome = await archiver.archive(id, { logWaitMs: leftMs, signal });
    const isFinal = outcome.status === "archived" || !outcome.mayPass;
    if (isFinal || clock.monotonicMs() >= untilMs) return outcome;
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

/** The guardian's books in a simulated process: comparing, repairing, archiving; and a judge of false alarms. */
import { type Archiver, createArchiver } from "../archive.ts";
import { createArchiveRounds } from "../archive-ended.ts";
import { createBookkeeper } from "../bookkeeping.ts";
import type { Doubts } from "../doubts.ts";
import type { Lease } from "../lease.ts";
import type { Reporter } from "../ports.ts";
import { createReconciler, type Reconciler } from "../reconcile.ts";
import type { Life } from "./process.ts";
import type { Ports, World } from "./world.ts";

const COMPARE_EVERY_MS = 1500;
const ARCHIVE_EVERY_MS = 1000;
const LOG_WAIT_MS = 1000;

type Means = { lease: Lease; reporter: Reporter };

export function composeKeeping(ports: Ports, means: Means): { reconciler: Reconciler; archiver: Archiver } {
  const { gate } = ports;
  const reconciler = createReconciler({ ...ports, ...means, seats: gate });
  return { reconciler, archiver: createArchiver({ ...ports, ...means, reconciler }) };
}

export function startKeeping(
  world: World,
  { life, ports, lease, doubts }: { life: Life; ports: Ports; lease: Lease; doubts: Doubts },
): void {
  const reporter = suspicious(world, world.reporter(life.process.name));
  const { reconciler, archiver } = composeKeeping(ports, { lease, reporter });
  const bookkeeper = createBookkeeper(
    { ...ports, reader: ports.gate, lease, reconciler, doubts, reporter },
    { logWaitMs: LOG_WAIT_MS },
  );
  const rounds = createArchiveRounds(
    { archive: ports.archive, archiver, clock: ports.clock, reporter },
    // Operators archive here: an event that ends by itself would end its history too soon.
    { afterHours: 0, logWaitMs: LOG_WAIT_MS },
  );
  const { signal } = new AbortController();
  life.forever(COMPARE_EVERY_MS, () => bookkeeper.compare(signal));
  life.forever(ARCHIVE_EVERY_MS, () => rounds.round(signal));
}

/** As long as nobody has deleted a row or discarded a seat, seats and rows have nothing to differ in. */
function suspicious(world: World, reporter: Reporter): Reporter {
  const isExplained = () =>
    world.lostRows > 0 || world.database.tables.failed.some(({ state }) => state === "discarded");
  return {
    ...reporter,
    warn(message, fields) {
      if (message.startsWith("seats without a row") && !isExplained())
        world.book.onDifference(Number(fields?.eventId), message);
      reporter.warn(message, fields);
    },
    alarm(message, fields) {
      if (message.startsWith("seats and rows") && !isExplained())
        world.book.onDifference(Number(fields?.eventId), message);
      reporter.alarm(message, fields);
    },
  };
}

/** The guardian's bookkeeping and archiving over modelled services, wired as the worker wires them. */
import { type Archiver, createArchiver } from "../archive.ts";
import { type ArchiveRounds, createArchiveRounds } from "../archive-ended.ts";
import { type Bookkeeper, createBookkeeper } from "../bookkeeping.ts";
import type { Doubts } from "../doubts.ts";
import type { Lease } from "../lease.ts";
import type { Clock, EventAccounts, EventArchive, Reporter } from "../ports.ts";
import { createReconciler, type Reconciler } from "../reconcile.ts";
import { modelAccounts } from "./model-accounts.ts";
import type { ModelDatabase } from "./model-database.ts";
import type { ModelGate } from "./model-gate.ts";
import type { ModelLog } from "./model-log.ts";

export type Keeping = {
  accounts: EventAccounts & EventArchive;
  reconciler: Reconciler;
  bookkeeper: Bookkeeper;
  archiver: Archiver;
  rounds: ArchiveRounds;
};

const LOG_WAIT_MS = 2000;

export function modelKeeping(parts: {
  clock: Clock;
  gate: ModelGate;
  log: ModelLog;
  database: ModelDatabase;
  lease: Lease;
  doubts: Doubts;
  reporter: Reporter;
}): Keeping {
  const { clock, gate, log, database, lease, doubts, reporter } = parts;
  const accounts = modelAccounts(database, clock);
  const common = { epochs: database, events: database, progress: log, lease, clock, reporter };
  const reconciler = createReconciler({
    ...common,
    ...{ ledger: database, rows: database, accounts, seats: gate, log },
  });
  const archiver = createArchiver({ ...common, archive: accounts, gate, reconciler });
  return {
    accounts,
    reconciler,
    bookkeeper: createBookkeeper(
      { ...common, accounts, reader: gate, reconciler, doubts },
      { logWaitMs: LOG_WAIT_MS },
    ),
    archiver,
    rounds: createArchiveRounds(
      { archive: accounts, archiver, clock, reporter },
      { afterHours: 1, logWaitMs: LOG_WAIT_MS },
    ),
  };
}

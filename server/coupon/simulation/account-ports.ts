/** What reconciliation and archiving ask of the database, over the wire: single statements. */
import { tableAccounts } from "../model/table-accounts.ts";
import type { EventAccounts, EventArchive } from "../ports.ts";
import type { Database } from "./database.ts";
import type { Evidence } from "./evidence.ts";
import type { Life } from "./process.ts";
import { BrokenConnectionError, type Wire } from "./wire.ts";

const STATEMENT_TIMEOUT_MS = 1500;

export type AccountPorts = { accounts: EventAccounts; archive: EventArchive };

export function accountPorts(parts: {
  database: Database;
  evidence: Evidence;
  wire: Wire;
  life: Life;
  /** the database's clock */
  wallMs: () => number;
}): AccountPorts {
  const { database, evidence, wire, life, wallMs } = parts;
  const { tables, statusVersions } = database;
  const answers = tableAccounts(() => ({ ...tables, rows: tables.coupons.all() }), wallMs);

  function run<T>(what: string, args: unknown, effect: () => T): Promise<T> {
    return wire(life, {
      service: "mysql",
      what,
      args,
      timeoutMs: STATEMENT_TIMEOUT_MS,
      effect: () => {
        if (database.down) throw new BrokenConnectionError("the database is down");
        return effect();
      },
    });
  }

  return {
    accounts: {
      rowCounts: (eventIds) => run("rowCounts", eventIds, () => answers.rowCounts(eventIds)),
      failedOfEvent: (page) => run("failedOfEvent", page, () => answers.failedOfEvent(page)),
      conflictCounts: (eventId) => run("conflictCounts", eventId, () => answers.conflictCounts(eventId)),
    },
    archive: {
      endEvent: (call) =>
        run("endEvent", call, () => {
          const version = answers.endEvent(call);
          if (version === null) return null;
          statusVersions.set(call.eventId, version);
          // Whatever is archived seats nobody from this very moment on.
          if (call.status === "archived") evidence.stopped(call.eventId, version);
          return version;
        }),
      endedEvents: (call) => run("endedEvents", undefined, () => answers.endedEvents(call)),
      recentlyArchived: () => run("recentlyArchived", undefined, () => answers.recentlyArchived()),
    },
  };
}

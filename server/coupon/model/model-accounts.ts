/** Reconciliation's and archiving's ports of the modelled database. */
import type { Clock, EventAccounts, EventArchive } from "../ports.ts";
import type { ModelDatabase } from "./model-database.ts";
import { tableAccounts } from "./table-accounts.ts";

export function modelAccounts(database: ModelDatabase, clock: Clock): EventAccounts & EventArchive {
  const answers = tableAccounts(() => {
    if (database.down) throw new Error("the model database is down");
    const { events, coupons, failed, conflicts } = database.tables();
    return { events, rows: coupons, failed, conflicts };
  }, clock.wallMs);
  return {
    rowCounts: async (eventIds) => answers.rowCounts(eventIds),
    failedOfEvent: async (page) => answers.failedOfEvent(page),
    conflictCounts: async (eventId) => answers.conflictCounts(eventId),
    endEvent: async (call) => answers.endEvent(call),
    endedEvents: async (call) => answers.endedEvents(call),
    recentlyArchived: async () => answers.recentlyArchived(),
  };
}

/** The events of the list, in the three groups that a visitor cares about. */
import type { EventState, EventView } from "./api.ts";
import { phaseAt } from "./event-phase.ts";

export type GroupName = "open" | "upcoming" | "ended";
export type EventGroups = Record<GroupName, EventView[]>;

const GROUP_OF = {
  open: "open",
  // It will go on, and who has it open must not look for it elsewhere.
  paused: "open",
  scheduled: "upcoming",
  sold_out: "ended",
  closed: "ended",
} as const satisfies Record<EventState, GroupName>;

/**
 * Every event with the state it has at the server's time `now`, in its group; in the order of the list, upcoming ones
 * by their opening.
 *
 * @param now UTC milliseconds of the server, or null while they are unknown
 */
export function groupEvents(events: readonly EventView[], now: number | null): EventGroups {
  const groups: EventGroups = { open: [], upcoming: [], ended: [] };
  for (const event of events) {
    const state = phaseAt(event, now);
    groups[GROUP_OF[state]].push(state === event.state ? event : { ...event, state });
  }
  groups.upcoming.sort((a, b) => a.opensAt.localeCompare(b.opensAt));
  return groups;
}

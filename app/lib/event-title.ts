/** The title of an event's page: its name, and how things stand. */
import type { EventState, EventView } from "./api.ts";
import { EVENT_STATES } from "./event-words.ts";
import type { Translate } from "./messages.ts";

export function titleOf(
  t: Translate,
  { event, phase, won }: { event: EventView; phase: EventState; won: boolean },
): string {
  return `${event.displayName} · ${t(won ? "receipt.title_short" : EVENT_STATES[phase].text)}`;
}

/** The groups of the events list. */
import { expect, test } from "vitest";
import type { EventState, EventView } from "./api.ts";
import { groupEvents } from "./event-groups.ts";

const NOON = Date.parse("2026-03-02T12:00:00.000Z");

function event(id: number, state: EventState, opensAt = "2026-03-02T11:00:00.000Z"): EventView {
  return { id, state, opensAt, closesAt: null } as EventView;
}
const ids = (events: EventView[]) => events.map(({ id }) => id);

test("every state has its group, and each group keeps the order of the list", () => {
  const groups = groupEvents(
    [event(1, "closed"), event(2, "paused"), event(3, "sold_out"), event(4, "open")],
    NOON,
  );
  expect(ids(groups.open)).toEqual([2, 4]);
  expect(ids(groups.ended)).toEqual([1, 3]);
});

test("what opens first stands first among the upcoming", () => {
  const later = event(1, "scheduled", "2026-03-03T00:00:00.000Z");
  const sooner = event(2, "scheduled", "2026-03-02T13:00:00.000Z");
  expect(ids(groupEvents([later, sooner], NOON).upcoming)).toEqual([2, 1]);
});

test("an event changes its group at its own moment, not at the next answer", () => {
  const scheduled = event(1, "scheduled", "2026-03-02T12:00:00.000Z");
  expect(ids(groupEvents([scheduled], NOON - 1).upcoming)).toEqual([1]);
  expect(groupEvents([scheduled], NOON).open).toEqual([{ ...scheduled, state: "open" }]);
});

/** What a page shows between two answers of the server. */
import { expect, test } from "vitest";
import type { EventView } from "./api.ts";
import { laterView, phaseAt, pollDelayMs } from "./event-phase.ts";

const opens = Date.parse("2026-03-02T03:00:00.000Z");
const event: EventView = {
  id: 1,
  displayName: "Spring",
  issueLimit: 10,
  opensAt: "2026-03-02T03:00:00.000Z",
  closesAt: "2026-03-02T04:00:00.000Z",
  expiresAt: "2026-04-02T04:00:00.000Z",
  discount: { type: "FIXED_AMOUNT", amount: 1_000 },
  state: "scheduled",
  remaining: 10,
  version: 1,
  serverTime: "2026-03-02T02:59:00.000Z",
  asOf: "2026-03-02T02:59:00.000Z",
};

test("the button opens at the server's time, without waiting for the next answer", () => {
  expect(phaseAt(event, opens - 1)).toBe("scheduled");
  expect(phaseAt(event, opens)).toBe("open");
  expect(phaseAt(event, null)).toBe("scheduled");
});

test("an event closes at the server's time", () => {
  const open = { ...event, state: "open" as const };
  expect(phaseAt(open, opens + 3_599_999)).toBe("open");
  expect(phaseAt(open, opens + 3_600_000)).toBe("closed");
  expect(phaseAt({ ...open, closesAt: null }, opens + 3_600_000)).toBe("open");
});

test("what the operator decided stands, until the event's end", () => {
  expect(phaseAt({ ...event, state: "paused" }, opens)).toBe("paused");
  expect(phaseAt({ ...event, state: "paused" }, opens + 3_600_000)).toBe("closed");
  expect(phaseAt({ ...event, state: "closed" }, opens)).toBe("closed");
  expect(phaseAt({ ...event, state: "sold_out" }, opens)).toBe("sold_out");
});

test("an open event is looked at every one to two seconds, others less often", () => {
  const open = { ...event, state: "open" as const };
  expect(pollDelayMs(open, opens, 0)).toBe(1_000);
  expect(pollDelayMs(open, opens, 1)).toBe(2_000);
  expect(pollDelayMs(event, opens - 3_600_000, 0)).toBeGreaterThan(5_000);
  expect(pollDelayMs(event, opens - 10_000, 1)).toBeLessThanOrEqual(5_000);
  expect(pollDelayMs({ ...event, state: "closed" }, opens, 0)).toBeGreaterThan(30_000);
});

test("numbers never go back in time, and of two views of one time the one that came last counts", () => {
  const later = { ...event, remaining: 9, asOf: "2026-03-02T02:59:00.001Z" };
  expect(laterView(later, event)).toBe(later);
  expect(laterView(event, later)).toBe(later);
  expect(laterView(undefined, event)).toBe(event);
  expect(laterView(event, undefined)).toBe(event);
  const same = { ...event };
  expect(laterView(same, event)).toBe(same);
});

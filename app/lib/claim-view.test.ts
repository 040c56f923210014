/** What the claim panel says. */
import { expect, test } from "vitest";
import type { ClaimAnswer, EventState } from "./api.ts";
import { type ClaimKnowledge, claimView } from "./claim-view.ts";

const won = {
  status: "won",
  rank: 7,
  issueLimit: 10,
  claimedAt: "2026-03-02T03:00:00.123Z",
  repeat: false,
} as const;
const known: ClaimKnowledge = {
  phase: "open",
  remaining: 5,
  fetchedAt: 0,
  me: { userId: "mina", displayName: "mina", role: "shopper" },
  status: { status: "none" },
  lookedLongEnough: true,
  asking: false,
  pressed: null,
};
const answered = (answer: ClaimAnswer, at = 1_000) => ({ answer, failure: null, at, times: 1 });
const noticeOf = (knowledge: ClaimKnowledge) => {
  const view = claimView(knowledge);
  return view.kind === "notice" ? view.notice : view.kind;
};

test.each(["scheduled", "open", "paused", "sold_out", "closed"] as const)(
  "a seat is shown whatever the event's state is: %s",
  (phase: EventState) => {
    expect(noticeOf({ ...known, phase, status: won })).toBe("receipt");
    expect(noticeOf({ ...known, phase, status: null, pressed: answered(won) })).toBe("receipt");
  },
);

test.each(["sold_out", "closed"] as const)(
  "%s is never said to someone whose seat could not be looked up",
  (phase) => {
    expect(noticeOf({ ...known, phase, status: { status: "unavailable", retryAfterMs: 500 } })).toBe(
      "unknown",
    );
    expect(noticeOf({ ...known, phase, status: null })).toBe("unknown");
    expect(noticeOf({ ...known, phase, status: null, lookedLongEnough: false })).toBe("checking");
    expect(noticeOf({ ...known, phase })).toBe(phase);
    expect(noticeOf({ ...known, phase, me: null, status: null })).toBe(phase);
  },
);

test("an open event's button does not wait for a slow look-up", () => {
  expect(claimView({ ...known, status: null, lookedLongEnough: false })).toEqual({
    kind: "button",
    waiting: true,
  });
  expect(claimView({ ...known, status: null })).toEqual({ kind: "button", waiting: false });
});

test("while the gate is rebuilt the page says preparing, never sold out, and the button stays", () => {
  const preparing = { kind: "notice", notice: "preparing", pressable: true };
  const rebuilt = { ...known, remaining: null, fetchedAt: 9_000 };
  expect(claimView(rebuilt)).toEqual(preparing);
  expect(claimView({ ...rebuilt, pressed: answered({ status: "sold_out" }) })).toEqual(preparing);
  const pressed = answered({ status: "unavailable", retryAfterMs: 800 });
  expect(noticeOf({ ...rebuilt, pressed })).toBe("preparing_pressed");
  expect(noticeOf({ ...rebuilt, status: won })).toBe("receipt");
});

test("pending stays until it is decided, and no seat means: press again", () => {
  const pending = { status: "pending", since: "2026-03-02T03:00:00.000Z" } as const;
  const pressed = answered(pending);
  expect(noticeOf({ ...known, pressed, status: pending })).toBe("pending");
  expect(noticeOf({ ...known, pressed, status: null })).toBe("pending");
  expect(claimView({ ...known, pressed })).toEqual({ kind: "notice", notice: "none", pressable: true });
});

test("a seat is called new only when a press on this page won it", () => {
  const isFresh = (knowledge: ClaimKnowledge) => {
    const view = claimView(knowledge);
    return view.kind === "receipt" && view.fresh;
  };
  const again = { ...won, repeat: true };
  expect(isFresh({ ...known, status: again })).toBe(false);
  expect(isFresh({ ...known, status: won, pressed: answered(won) })).toBe(true);
  expect(isFresh({ ...known, status: again, pressed: answered(again) })).toBe(false);
  const pending = answered({ status: "pending", since: "2026-03-02T03:00:00.000Z" });
  expect(isFresh({ ...known, status: again, pressed: pending })).toBe(true);
  const sentAgain = { ...answered(again), times: 2 };
  expect(isFresh({ ...known, status: again, pressed: sentAgain })).toBe(true);
});

test("sold out stays on the page until a later look finds a free seat", () => {
  const pressed = answered({ status: "sold_out" });
  expect(noticeOf({ ...known, pressed, fetchedAt: 1_200 })).toBe("sold_out");
  expect(noticeOf({ ...known, pressed, fetchedAt: 9_000, phase: "sold_out" })).toBe("sold_out");
  expect(noticeOf({ ...known, pressed, fetchedAt: 9_000 })).toBe("button");
});

test("a lost answer says so and lets the user press again at once", () => {
  const pressed = { answer: null, failure: "offline", at: 1_000, times: 1 } as const;
  expect(claimView({ ...known, pressed })).toEqual({ kind: "notice", notice: "offline", pressable: true });
  expect(noticeOf({ ...known, pressed, status: won })).toBe("receipt");
});

test("unavailable is asked again by itself, without another press", () => {
  const pressed = answered({ status: "unavailable", retryAfterMs: 800 });
  expect(claimView({ ...known, pressed })).toEqual({
    kind: "notice",
    notice: "unavailable",
    pressable: false,
  });
  expect(noticeOf({ ...known, pressed, phase: "sold_out" })).toBe("sold_out");
});

/** When a press is sent again by itself. */
import { expect, test } from "vitest";
import type { ClaimAnswer } from "./api.ts";
import { type Pressed, resendDelayMs } from "./press.ts";
import type { FailureKind } from "./trpc.ts";

const answered = (answer: ClaimAnswer, times = 1): Pressed => ({ answer, failure: null, at: 0, times });
const failed = (failure: FailureKind, times = 1): Pressed => ({ answer: null, failure, at: 0, times });
const unavailable = (retryAfterMs: number) => ({ status: "unavailable", retryAfterMs }) as const;

test.each<ClaimAnswer>([
  { status: "won", rank: 1, issueLimit: 1, claimedAt: "2026-03-02T03:00:00.000Z", repeat: false },
  { status: "pending", since: "2026-03-02T03:00:00.000Z" },
  { status: "sold_out" },
  { status: "closed" },
  { status: "paused" },
])("an answer that stands is not asked for again: $status", (answer) => {
  expect(resendDelayMs(answered(answer), 0.5)).toBeNull();
});

test.each<FailureKind>(["signed_out", "refused", "not_found"])("a refusal is not repeated: %s", (failure) => {
  expect(resendDelayMs(failed(failure), 0.5)).toBeNull();
});

test("unavailable is asked again after the time that the server asked for, and more with each time", () => {
  expect(resendDelayMs(answered(unavailable(1_000)), 0.5)).toBe(1_000);
  expect(resendDelayMs(answered(unavailable(1_000), 3), 0.5)).toBe(2_250);
});

test.each([0, 1, 700, 1e9])(
  "the pause stays between bounds, whatever the server asks for: %d ms",
  (retryAfterMs) => {
    for (const times of [1, 2, 10, 1_000])
      for (const random of [0, 0.5, 1]) {
        const delay = resendDelayMs(answered(unavailable(retryAfterMs), times), random);
        expect(delay).toBeGreaterThanOrEqual(375);
        expect(delay).toBeLessThanOrEqual(10_000);
      }
  },
);

test.each<Pressed>([answered(unavailable(1_000)), failed("offline"), failed("broken"), failed("too_many")])(
  "a crowd that was turned away together does not come back together",
  (pressed) => {
    expect(resendDelayMs(pressed, 0)).not.toBe(resendDelayMs(pressed, 1));
  },
);

test("a press a blink before the opening is sent again within half a second", () => {
  const early = answered({ status: "not_open", opensAt: "2026-03-02T03:00:00.000Z" });
  expect(resendDelayMs(early, 0)).toBe(250);
  expect(resendDelayMs(early, 1)).toBe(500);
});

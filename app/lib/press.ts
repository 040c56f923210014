/** A press of the claim button: what came back, and when the same press is sent again by itself. */
import { retryDelayMs } from "./answers.ts";
import type { ClaimAnswer } from "./api.ts";
import type { FailureKind } from "./trpc.ts";

export type Pressed = {
  /** when the answer came, by the browser's clock */
  at: number;
  /** how often it has been sent, 1 for a press that was answered at once */
  times: number;
} & ({ answer: ClaimAnswer; failure: null } | { answer: null; failure: FailureKind });

/** Bounds for the server's retryAfterMs, so that neither a storm nor silence follows from a strange value. */
const UNAVAILABLE_MS = { shortest: 500, longest: 8_000, growth: 1.5 };
/** Our clock was a blink ahead of the gate's. */
const NOT_OPEN_MS = 250;
/** The rate limit counts per second. */
const TOO_MANY_MS = 1_000;

/**
 * Milliseconds until the press is sent again without another one; null when its answer stands or the next step is the
 * visitor's. A claim may be sent any number of times: its user has one seat, or none. The pauses grow and are spread,
 * because a crowd that was turned away together must not come back together.
 *
 * @param random a number in 0 … 1
 */
export function resendDelayMs(pressed: Pressed, random: number): number | null {
  if (pressed.failure !== null) return afterFailure(pressed.failure, pressed.times, random);
  const { answer, times } = pressed;
  if (answer.status === "not_open") return Math.round(NOT_OPEN_MS * times * (1 + random));
  if (answer.status !== "unavailable") return null;
  const { shortest, longest, growth } = UNAVAILABLE_MS;
  const pause = Math.max(shortest, answer.retryAfterMs) * growth ** (times - 1);
  return Math.round(Math.min(longest, pause) * (0.75 + random / 2));
}

function afterFailure(failure: FailureKind, times: number, random: number): number | null {
  if (failure === "too_many") return Math.round(TOO_MANY_MS * (1 + random));
  return failure === "offline" || failure === "broken" ? retryDelayMs(times, random) : null;
}

/** What the claim panel shows: one view out of everything that is known, as a pure function. */
import type { ClaimAnswer, ClaimStatus, EventState, Me } from "./api.ts";
import type { FailureKind } from "./trpc.ts";

/** What came back when this visitor last pressed the button. */
export type Pressed =
  | { answer: ClaimAnswer; failure: null; at: number }
  | { answer: null; failure: FailureKind; at: number };

/** The words of a panel that is not simply a button, a countdown or a receipt. */
export type NoticeKind =
  | Exclude<ClaimAnswer["status"], "won">
  | "none"
  | "too_many"
  | "offline"
  | "broken"
  | "preparing"
  | "checking"
  | "unknown"
  | "asking";

type Won = Extract<ClaimAnswer, { status: "won" }>;

export type ClaimView =
  /** `fresh`: won by a press on this page, and not before it */
  | { kind: "receipt"; won: Won; fresh: boolean }
  | { kind: "countdown" }
  | { kind: "button" }
  /** `pressableAfterMs`: when pressing makes sense, counted from the answer; null: not from here */
  | { kind: "notice"; notice: NoticeKind; pressableAfterMs: number | null };

export type ClaimKnowledge = {
  phase: EventState;
  /** seats left by the last look; null: unknown */
  remaining: number | null;
  /** when the event was last looked at, by the same clock as `pressed.at` */
  fetchedAt: number;
  /** undefined: not known yet */
  me: Me | null | undefined;
  /** what the visitor holds; null while unknown */
  status: ClaimStatus | null;
  /** the status has been looked up for long enough: an open event's button must not wait for it */
  lookedLongEnough: boolean;
  asking: boolean;
  pressed: Pressed | null;
};

/** A page's memory of the event may be a second old when an answer arrives; only a later look overrules it. */
const LOOK_IS_NEWER_MS = 1_500;
/** A clock a blink ahead: the button must not keep anyone from the very next moment. */
const NOT_OPEN_PAUSE_MS = 300;
/** The rate limit counts per second. */
const TOO_MANY_PAUSE_MS = 1_000;

/**
 * A seat comes before everything else, in every state of the event. "Sold out" and "closed" are not said to
 * someone whose seat could not be looked up: they may hold one.
 */
export function claimView(known: ClaimKnowledge): ClaimView {
  const answer = known.pressed?.answer ?? null;
  const won = known.status?.status === "won" ? known.status : answer?.status === "won" ? answer : null;
  if (won) return { kind: "receipt", won, fresh: wonHere(known.pressed) };
  if (known.asking) return notice("asking");
  if (known.status?.status === "pending") return notice("pending");
  return pressedView(known) ?? phaseView(known);
}

/** Also after an answer that was pending or got lost: the seat that is found then is the one of this press. */
function wonHere(pressed: Pressed | null): boolean {
  return pressed !== null && !(pressed.answer?.status === "won" && pressed.answer.repeat);
}

/** The last answer, as long as no later look at the event contradicts it. */
function pressedView(known: ClaimKnowledge): ClaimView | null {
  if (known.pressed === null) return null;
  const { answer, failure, at } = known.pressed;
  const overruled = known.fetchedAt > at + LOOK_IS_NEWER_MS;
  const open = known.phase === "open";
  if (failure !== null) return open ? failureView(failure) : null;
  switch (answer.status) {
    case "won":
      return null;
    case "pending":
      // The seat was looked up again after the answer, and there is none.
      return known.status?.status === "none" ? (open ? notice("none", 0) : null) : notice("pending");
    case "sold_out":
      // Also while the seats are unknown: a rebuild of the gate may find a free one.
      return overruled && open ? null : notice("sold_out");
    case "closed":
    case "paused":
      return overruled ? null : notice(answer.status);
    case "not_open":
      return overruled || !open ? null : notice("not_open", NOT_OPEN_PAUSE_MS);
    case "unavailable":
      return open
        ? notice(known.remaining === null ? "preparing" : "unavailable", answer.retryAfterMs)
        : null;
  }
}

function failureView(failure: FailureKind): ClaimView {
  if (failure === "signed_out") return { kind: "button" };
  if (failure === "too_many") return notice("too_many", TOO_MANY_PAUSE_MS);
  return notice(failure === "offline" ? "offline" : "broken", 0);
}

function phaseView(known: ClaimKnowledge): ClaimView {
  const mayHoldSeat = known.me === undefined || (known.me !== null && known.status?.status !== "none");
  switch (known.phase) {
    case "scheduled":
      return { kind: "countdown" };
    case "open":
      if (mayHoldSeat && !known.lookedLongEnough) return notice("checking");
      // The gate does not say how many are left while it is rebuilt. Pressing costs nothing, and may be just in time.
      return known.remaining === null ? notice("preparing", 0) : { kind: "button" };
    case "paused":
      return notice("paused");
    case "sold_out":
    case "closed":
      if (!mayHoldSeat) return notice(known.phase);
      return notice(known.lookedLongEnough ? "unknown" : "checking");
  }
}

function notice(kind: NoticeKind, pressableAfterMs: number | null = null): ClaimView {
  return { kind: "notice", notice: kind, pressableAfterMs };
}

/** What the claim panel shows: one view out of everything that is known, as a pure function. */
import type { ClaimAnswer, ClaimStatus, EventState, Me } from "./api.ts";
import type { Pressed } from "./press.ts";
import type { FailureKind } from "./trpc.ts";

/** The words of a panel that is not simply a button, a countdown or a receipt. */
export type NoticeKind =
  | Exclude<ClaimAnswer["status"], "won">
  | "none"
  | "too_many"
  | "offline"
  | "broken"
  | "preparing"
  | "preparing_pressed"
  | "checking"
  | "unknown"
  | "asking";

type Won = Extract<ClaimAnswer, { status: "won" }>;

export type ClaimView =
  /** `fresh`: won by a press on this page, and not before it */
  | { kind: "receipt"; won: Won; fresh: boolean }
  | { kind: "countdown" }
  /** `waiting`: an earlier claim is still being looked up */
  | { kind: "button"; waiting: boolean }
  /** `pressable`: pressing may help; what is only a matter of time is asked again without it */
  | { kind: "notice"; notice: NoticeKind; pressable: boolean };

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
  if (pressed === null) return false;
  return pressed.times > 1 || !(pressed.answer?.status === "won" && pressed.answer.repeat);
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
      return known.status?.status === "none" ? (open ? notice("none", true) : null) : notice("pending");
    case "sold_out":
      // Also while the seats are unknown: a rebuild of the gate may find a free one.
      return overruled && open ? null : notice("sold_out");
    case "closed":
    case "paused":
      return overruled ? null : notice(answer.status);
    case "not_open":
      return open ? notice("not_open") : null;
    case "unavailable":
      return open ? notice(known.remaining === null ? "preparing_pressed" : "unavailable") : null;
  }
}

function failureView(failure: FailureKind): ClaimView {
  if (failure === "signed_out" || failure === "other_user") return { kind: "button", waiting: false };
  if (failure === "too_many") return notice("too_many");
  return notice(failure === "offline" ? "offline" : "broken", true);
}

function phaseView(known: ClaimKnowledge): ClaimView {
  const mayHoldSeat = known.me === undefined || (known.me !== null && known.status?.status !== "none");
  const waiting = mayHoldSeat && !known.lookedLongEnough;
  switch (known.phase) {
    case "scheduled":
      return { kind: "countdown" };
    case "open":
      // The gate does not say how many are left while it is rebuilt. Pressing costs nothing, and may be just in time.
      return known.remaining === null && !waiting ? notice("preparing", true) : { kind: "button", waiting };
    case "paused":
      return notice("paused");
    case "sold_out":
    case "closed":
      if (!mayHoldSeat) return notice(known.phase);
      return notice(waiting ? "checking" : "unknown");
  }
}

function notice(kind: NoticeKind, pressable = false): ClaimView {
  return { kind: "notice", notice: kind, pressable };
}

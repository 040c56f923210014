"use client";
/** An event page's side of the visitor: what it shows of their claim, and what a press does. */
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { type ClaimView, claimView } from "./claim-view.ts";
import { keepPress, takePress } from "./kept-press.ts";
import { signInPath } from "./next-path.ts";
import { useClaim } from "./use-claim.ts";
import type { LiveEvent } from "./use-event.ts";

export type ClaimPanelState = {
  view: ClaimView;
  signedOut: boolean;
  /** the sign-in page that comes back to this event */
  toSignIn: string;
  press: () => void;
};

export function useClaimPanel({ event, phase, fetchedAt }: LiveEvent): ClaimPanelState {
  const router = useRouter();
  const toSignIn = signInPath(`/events/${event.id}`);
  const claim = useClaim({ eventId: event.id, open: phase === "open", onSignedOut: goAndSignIn });
  const view = claimView({ ...claim, phase, fetchedAt, remaining: event.remaining });

  function goAndSignIn(): void {
    keepPress(event.id);
    router.push(toSignIn);
  }

  const known = Boolean(claim.me) && !(view.kind === "button" && view.waiting);
  useKeptPress({ eventId: event.id, known, pressable: view.kind === "button", press: claim.press });
  return {
    view,
    signedOut: claim.me === null,
    toSignIn,
    press: claim.me === null ? goAndSignIn : claim.press,
  };
}

/** Sends the press that was kept during the sign-in, once, if it still makes sense. */
function useKeptPress(options: {
  eventId: number;
  known: boolean;
  pressable: boolean;
  press: () => void;
}): void {
  const { eventId, known, pressable, press } = options;
  const looked = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the moment counts in which the visitor is known
  useEffect(() => {
    if (!known || looked.current) return;
    looked.current = true;
    if (takePress(eventId) && pressable) press();
  }, [known]);
}

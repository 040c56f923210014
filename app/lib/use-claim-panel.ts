"use client";
/** An event page's side of the visitor: what it shows of their claim, and what a press does. */
import { useRouter } from "next/navigation";
import { type ClaimView, claimView } from "./claim-view.ts";
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

  /** The press itself is not kept: who comes back sees what is left, and presses for themselves. */
  function goAndSignIn(): void {
    router.push(toSignIn);
  }

  return {
    view,
    signedOut: claim.me === null,
    toSignIn,
    press: claim.me === null ? goAndSignIn : claim.press,
  };
}

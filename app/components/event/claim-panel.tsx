"use client";
/** The visitor's side of an event: countdown, answer or receipt, and the button. Decides nothing; it shows claimView. */
import { useRouter } from "next/navigation";
import { type ClaimView, claimView } from "#app/lib/claim-view.ts";
import { signInPath } from "#app/lib/next-path.ts";
import { useClaim } from "#app/lib/use-claim.ts";
import type { LiveEvent } from "#app/lib/use-event.ts";
import { ClaimButton } from "./claim-button.tsx";
import { ClaimHint } from "./claim-hint.tsx";
import { ClaimInvitation } from "./claim-invitation.tsx";
import { ClaimNotice } from "./claim-notice.tsx";
import { Countdown, CountdownAnnouncer } from "./countdown.tsx";
import { Receipt } from "./receipt.tsx";

export function ClaimPanel({ live }: { live: LiveEvent }) {
  const { event, phase, fetchedAt } = live;
  const claim = useClaim(event.id);
  const router = useRouter();
  const view = claimView({ ...claim, phase, fetchedAt, remaining: event.remaining });
  const untilMs = Date.parse(event.opensAt) - (live.now ?? Date.parse(event.serverTime));
  const toSignIn = signInPath(`/events/${event.id}`);

  function press() {
    if (claim.me === null) router.push(toSignIn);
    else claim.press();
  }

  return (
    <section className="grid min-h-72 content-center gap-4 overflow-clip rounded-2xl border border-line bg-surface p-5">
      {view.kind === "countdown" && <Countdown untilMs={untilMs} />}
      {view.kind === "button" && <ClaimInvitation closesAt={event.closesAt} />}
      <div role="status" className="empty:hidden">
        {view.kind === "receipt" && <Receipt won={view.won} fresh={view.fresh} eventId={event.id} />}
        {view.kind === "notice" && <ClaimNotice kind={view.notice} />}
      </div>
      {hasButton(view) && (
        <ClaimButton
          key={claim.pressed?.at}
          pressableAfterMs={view.kind === "button" ? 0 : pressableAfterMs(view)}
          onPress={press}
        />
      )}
      <ClaimHint view={view} signedOut={claim.me === null} toSignIn={toSignIn} />
      <CountdownAnnouncer opensInMs={untilMs} scheduled={phase === "scheduled"} />
    </section>
  );
}

/** While the answer is on its way the button stays, so that nothing moves under the finger. */
function hasButton(view: ClaimView): boolean {
  if (view.kind === "notice") return view.notice === "asking" || view.pressableAfterMs !== null;
  return view.kind !== "receipt";
}

function pressableAfterMs(view: ClaimView): number | null {
  return view.kind === "notice" ? view.pressableAfterMs : null;
}

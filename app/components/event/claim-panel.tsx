"use client";
/**
 * The visitor's side of an event: countdown, answer or receipt, and the button. Decides nothing; it shows claimView.
 * Every state stands in the same frame, so that nothing moves when one follows another.
 */
import { useRef } from "react";
import type { ClaimView } from "#app/lib/claim-view.ts";
import type { ClaimPanelState } from "#app/lib/use-claim-panel.ts";
import type { LiveEvent } from "#app/lib/use-event.ts";
import { useKeptFocus } from "#app/lib/use-kept-focus.ts";
import { ClaimAction } from "./claim-action.tsx";
import { ClaimHint } from "./claim-hint.tsx";
import { ClaimInvitation } from "./claim-invitation.tsx";
import { ClaimNotice } from "./claim-notice.tsx";
import { Countdown, CountdownAnnouncer } from "./countdown.tsx";
import { Receipt } from "./receipt.tsx";

const DAY_MS = 24 * 60 * 60_000;

export function ClaimPanel({ live, claim }: { live: LiveEvent; claim: ClaimPanelState }) {
  const { event, phase, now } = live;
  const { view } = claim;
  const outcome = useRef<HTMLDivElement>(null);
  const keptFocus = useKeptFocus(outcome);
  const untilMs = Date.parse(event.opensAt) - (now ?? Date.parse(event.serverTime));
  return (
    // Clipped, because what grows in an animation must not widen the page of a phone for good.
    <section
      {...keptFocus}
      className="relative grid gap-3 overflow-clip text-balance rounded-3xl border border-line bg-surface p-4 sm:p-6"
    >
      <div className="grid min-h-64 content-center md:min-h-68">
        {view.kind === "countdown" && (
          <Countdown
            untilMs={now === null ? null : untilMs}
            days={untilMs > DAY_MS}
            opensAt={event.opensAt}
          />
        )}
        {view.kind === "button" && <ClaimInvitation closesAt={event.closesAt} />}
        <div ref={outcome} role="status" tabIndex={-1} className="outline-none empty:hidden">
          <Outcome view={view} live={live} />
        </div>
      </div>
      <ClaimAction claim={claim} />
      <ClaimHint claim={claim} />
      {/* Not by the time of the page, which may be seconds old: it would speak of what was over when the visitor came. */}
      {now !== null && <CountdownAnnouncer opensInMs={untilMs} scheduled={phase === "scheduled"} />}
    </section>
  );
}

function Outcome({ view, live }: { view: ClaimView; live: LiveEvent }) {
  if (view.kind === "receipt") return <Receipt won={view.won} fresh={view.fresh} eventId={live.event.id} />;
  if (view.kind === "notice") return <ClaimNotice kind={view.notice} event={live.event} />;
  return null;
}

"use client";
/** The one thing to do now. On a phone it stays at the bottom of the screen, where the thumb is. */
import { useWords } from "#app/components/site/providers.tsx";
import { ButtonLink } from "#app/components/ui/button.tsx";
import type { ClaimView } from "#app/lib/claim-view.ts";
import type { MessageKey } from "#app/lib/messages.ts";
import type { ClaimPanelState } from "#app/lib/use-claim-panel.ts";
import { ClaimButton } from "./claim-button.tsx";
import { NOTICES, type Notice } from "./notices.ts";

export function ClaimAction({ claim }: { claim: ClaimPanelState }) {
  return (
    <div className="action-bar">
      <Action claim={claim} />
    </div>
  );
}

function Action({ claim }: { claim: ClaimPanelState }) {
  const { t } = useWords();
  const { view } = claim;
  if (view.kind === "receipt")
    return (
      <ButtonLink href="/coupons" weight="primary" size="large" className="w-full">
        {t("receipt.to_wallet")}
      </ButtonLink>
    );
  if (view.kind === "notice") {
    const notice: Notice = NOTICES[view.notice];
    if (notice.next === "other_events")
      return (
        <ButtonLink href="/" size="large" className="w-full">
          {t("claim.other_events")}
        </ButtonLink>
      );
    if (notice.next !== "button") return null;
  }
  return <ClaimButton ready={isReady(view)} waitingFor={waitingFor(view)} onPress={claim.press} />;
}

function isReady(view: ClaimView): boolean {
  if (view.kind === "button") return !view.waiting;
  return view.kind === "notice" && view.pressable;
}

function waitingFor(view: ClaimView): MessageKey | null {
  if (view.kind === "button") return view.waiting ? "claim.checking" : null;
  if (view.kind !== "notice" || view.pressable) return null;
  return view.notice === "asking" ? "claim.asking" : "claim.retrying";
}

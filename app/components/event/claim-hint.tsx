"use client";
/** One quiet line under the button: what to know before pressing it. Its place is kept when it is silent. */
import { useWords } from "#app/components/site/providers.tsx";
import { PageLink } from "#app/components/ui/page-link.tsx";
import { useAlive } from "#app/lib/use-alive.ts";
import type { ClaimPanelState } from "#app/lib/use-claim-panel.ts";

export function ClaimHint({ claim }: { claim: ClaimPanelState }) {
  return (
    <div className="grid min-h-11 content-center text-center text-muted text-sm">
      {useAlive() ? <Hint claim={claim} /> : <NotAliveYet />}
    </div>
  );
}

function Hint({ claim }: { claim: ClaimPanelState }) {
  const { t } = useWords();
  const { view, signedOut, toSignIn } = claim;
  if (view.kind === "button") return <p>{t(signedOut ? "claim.sign_in_needed" : "claim.ready")}</p>;
  if (view.kind !== "countdown") return null;
  if (!signedOut) return <p>{t("countdown.server_time")}</p>;
  return (
    <PageLink href={toSignIn} className="p-1 font-semibold text-accent underline underline-offset-4">
      {t("claim.sign_in_first")}
    </PageLink>
  );
}

/** All that can be told by HTML and styles alone: no script at all, or one that is long in coming. */
function NotAliveYet() {
  const { t } = useWords();
  return (
    <>
      <noscript>{t("claim.no_script")}</noscript>
      <p className="animate-late">{t("claim.slow")}</p>
    </>
  );
}

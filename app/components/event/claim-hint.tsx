"use client";
/** One quiet line under the button: what to know before pressing it. */
import Link from "next/link";
import { useWords } from "#app/components/site/providers.tsx";
import type { ClaimView } from "#app/lib/claim-view.ts";

export function ClaimHint(props: { view: ClaimView; signedOut: boolean; toSignIn: string }) {
  const { t } = useWords();
  const { view, signedOut, toSignIn } = props;
  if (view.kind === "countdown" && signedOut)
    return (
      <p className="text-center text-sm">
        <Link href={toSignIn} className="text-accent underline underline-offset-4">
          {t("claim.sign_in_first")}
        </Link>
      </p>
    );
  if (view.kind !== "countdown" && view.kind !== "button") return null;
  return <p className="text-center text-muted text-sm">{t(hintKey(view.kind, signedOut))}</p>;
}

function hintKey(kind: "countdown" | "button", signedOut: boolean) {
  if (kind === "countdown") return "countdown.server_time";
  return signedOut ? "claim.sign_in_needed" : "claim.ready";
}

"use client";
/** The code of a coupon, large enough to read aloud, and a button that copies it. */
import { Check, Copy } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import type { MessageKey } from "#app/lib/messages.ts";

type Outcome = "copied" | "failed" | null;

const WORDS = {
  copied: "wallet.copied",
  failed: "wallet.copy_failed",
} as const satisfies Record<Exclude<Outcome, null>, MessageKey>;

/** How long "copied" stays: long enough to be read, short enough to copy again. */
const OUTCOME_MS = 3_000;

export function CouponCode({ code, copyable = true }: { code: string; copyable?: boolean }) {
  const { t } = useWords();
  const shown = useRef<HTMLElement>(null);
  const [outcome, setOutcome] = useState<Outcome>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), OUTCOME_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const Icon = outcome === "copied" ? Check : Copy;
  return (
    <div className="rounded-xl bg-raised py-2 pr-2 pl-4">
      <div className="flex min-h-11 items-center justify-between gap-2">
        <div className="min-w-0">
          <p className="text-muted text-xs">{t("wallet.code")}</p>
          <code ref={shown} className="font-mono font-semibold text-base sm:text-lg">
            {code}
          </code>
        </div>
        {copyable && (
          <button
            type="button"
            onClick={async () => setOutcome((await copy(code, shown.current)) ? "copied" : "failed")}
            aria-label={t("wallet.copy")}
            title={t("wallet.copy")}
            className="grid size-11 shrink-0 place-items-center rounded-lg hover:bg-surface"
          >
            <Icon aria-hidden className="size-5" />
          </button>
        )}
      </div>
      <p role="status" className={outcome === "failed" ? "text-sm text-wait" : "sr-only"}>
        {outcome && t(WORDS[outcome])}
      </p>
    </div>
  );
}

/** Selects the code first: where a browser copies nothing by itself, the visitor can. */
async function copy(code: string, shown: HTMLElement | null): Promise<boolean> {
  if (shown) window.getSelection()?.selectAllChildren(shown);
  try {
    await navigator.clipboard.writeText(code);
    return true;
  } catch {
    // Refused, or missing: browsers have no clipboard for pages without https.
    return false;
  }
}

"use client";
/** The proof of a place: rank, time to the millisecond, and whether the coupon is in the wallet yet. */
import { BadgeCheck, LoaderCircle, Wallet } from "lucide-react";
import { useEffect, useRef } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { LocalTime } from "#app/components/ui/local-time.tsx";
import type { ClaimAnswer, CouponState } from "#app/lib/api.ts";
import type { MessageKey } from "#app/lib/messages.ts";
import { useCouponState } from "#app/lib/use-receipt.ts";
import { Confetti } from "./confetti.tsx";

type Won = Extract<ClaimAnswer, { status: "won" }>;

const PROGRESS = {
  issuing: "receipt.issuing",
  usable: "receipt.issued",
  used: "receipt.used",
  expired: "receipt.expired",
} as const satisfies Record<CouponState, MessageKey>;

/** `fresh`: won just now and on this page, not looked up again. */
export function Receipt({ won, fresh, eventId }: { won: Won; fresh: boolean; eventId: number }) {
  const { t } = useWords();
  const title = useFocusOnce(fresh);
  return (
    <div className="grid animate-rise gap-4 text-center">
      {fresh && <Confetti />}
      <p
        ref={title}
        tabIndex={-1}
        className="flex items-center justify-center gap-2 font-bold text-good text-xl"
      >
        <BadgeCheck aria-hidden className="size-7" />
        {t(fresh ? "receipt.title" : "receipt.repeat_title")}
      </p>
      <div>
        <p className="text-muted text-sm">{t("receipt.rank")}</p>
        <p className="animate-stamp font-extrabold text-4xl text-accent tracking-tight sm:text-5xl">
          {t("receipt.rank_value", { rank: won.rank, limit: won.issueLimit })}
        </p>
      </div>
      <p className="text-muted text-sm">
        {t("receipt.claimed_at")}
        <br />
        <LocalTime at={won.claimedAt} style="exact" />
      </p>
      <Progress eventId={eventId} />
    </div>
  );
}

function Progress({ eventId }: { eventId: number }) {
  const { t } = useWords();
  const state = useCouponState(eventId) ?? "issuing";
  const issuing = state === "issuing";
  return (
    <p className="flex items-center justify-center gap-2 font-semibold">
      {issuing ? (
        <LoaderCircle aria-hidden className="size-5 animate-spin text-wait" />
      ) : (
        <Wallet aria-hidden className="size-5 text-good" />
      )}
      {t(PROGRESS[state])}
    </p>
  );
}

/** The button that was pressed is gone: whoever uses a keyboard goes on from the receipt, and a small screen shows it. */
function useFocusOnce(wanted: boolean) {
  const element = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!wanted) return;
    element.current?.focus({ preventScroll: true });
    element.current?.closest("section")?.scrollIntoView({ block: "nearest" });
  }, [wanted]);
  return element;
}

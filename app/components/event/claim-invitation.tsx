"use client";
/** What stands above the button while an event is open. */
import { Ticket } from "lucide-react";
import { useWords } from "#app/components/site/providers.tsx";
import { DateText } from "#app/components/ui/date-text.tsx";

export function ClaimInvitation({ closesAt }: { closesAt: string | null }) {
  const { t } = useWords();
  return (
    <div className="grid justify-items-center gap-1.5 text-center">
      <Ticket aria-hidden strokeWidth={1.5} className="mb-1 size-14 text-accent" />
      <p className="font-extrabold text-2xl">{t("claim.open_title")}</p>
      <p className="text-muted">
        {closesAt === null ? t("claim.until_gone") : <DateText text="claim.closes_at" at={closesAt} />}
      </p>
    </div>
  );
}

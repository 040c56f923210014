"use client";
/** What stands above the button while an event is open. */
import { Ticket } from "lucide-react";
import { useWords } from "#app/components/site/providers.tsx";
import { LocalTime } from "#app/components/ui/local-time.tsx";

export function ClaimInvitation({ closesAt }: { closesAt: string | null }) {
  const { t } = useWords();
  return (
    <div className="grid justify-items-center gap-1 text-center">
      <Ticket aria-hidden className="mb-1 size-9 text-accent" />
      <p className="font-bold text-lg">{t("claim.open_title")}</p>
      {closesAt !== null && (
        <p className="text-muted text-sm">
          {t("events.closes")} <LocalTime at={closesAt} />
        </p>
      )}
    </div>
  );
}

"use client";
/** One answer in words, with what to do next. */
import { CirclePause, Clock, LoaderCircle, type LucideIcon, RotateCw, TicketX } from "lucide-react";
import { useWords } from "#app/components/site/providers.tsx";
import { ButtonLink } from "#app/components/ui/button.tsx";
import type { NoticeKind } from "#app/lib/claim-view.ts";
import { NOTICES, type Notice } from "./notices.ts";

const ICONS: Record<Notice["icon"], LucideIcon> = {
  clock: Clock,
  spinner: LoaderCircle,
  pause: CirclePause,
  end: TicketX,
  retry: RotateCw,
};

export function ClaimNotice({ kind }: { kind: NoticeKind }) {
  const { t } = useWords();
  const notice: Notice = NOTICES[kind];
  const Icon = ICONS[notice.icon];
  return (
    <div className="grid animate-rise justify-items-center gap-2 py-2 text-center">
      <Icon
        aria-hidden
        className={notice.icon === "spinner" ? "size-9 animate-spin text-accent" : "size-9 text-muted"}
      />
      <p className="font-bold text-lg">{t(notice.title)}</p>
      {notice.text && <p className="text-muted">{t(notice.text)}</p>}
      {notice.next === "other_events" && (
        <ButtonLink href="/" className="mt-3">
          {t("claim.other_events")}
        </ButtonLink>
      )}
    </div>
  );
}

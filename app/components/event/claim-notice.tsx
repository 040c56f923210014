"use client";
/** One answer in words. What to do next stands below it, in the place of the button. */
import { CirclePause, Clock, LoaderCircle, type LucideIcon, RotateCw, TicketX } from "lucide-react";
import { useWords } from "#app/components/site/providers.tsx";
import type { EventView } from "#app/lib/api.ts";
import type { NoticeKind } from "#app/lib/claim-view.ts";
import { NOTICES, type Notice } from "./notices.ts";

const ICONS: Record<Notice["icon"], LucideIcon> = {
  clock: Clock,
  spinner: LoaderCircle,
  pause: CirclePause,
  end: TicketX,
  retry: RotateCw,
};

export function ClaimNotice({ kind, event }: { kind: NoticeKind; event: EventView }) {
  const { t } = useWords();
  const notice: Notice = NOTICES[kind];
  const Icon = ICONS[notice.icon];
  return (
    <div className="grid animate-rise justify-items-center gap-2 text-center">
      <Icon
        aria-hidden
        strokeWidth={1.75}
        className={
          notice.icon === "spinner" ? "mb-1 size-11 animate-spin text-accent" : "mb-1 size-11 text-muted"
        }
      />
      <p className="font-bold text-xl">{t(notice.title)}</p>
      {notice.text && <p className="max-w-80 text-muted">{t(notice.text, { limit: event.issueLimit })}</p>}
      {kind === "closed" && <Given event={event} />}
    </div>
  );
}

/** How many went out, when that is known and worth a word. */
function Given({ event }: { event: EventView }) {
  const { t } = useWords();
  if (event.remaining === null || event.remaining === event.issueLimit) return null;
  return (
    <p className="text-muted text-sm">
      {t("claim.given", { limit: event.issueLimit, given: event.issueLimit - event.remaining })}
    </p>
  );
}

"use client";
/** How many coupons are left, as a bar and in words. */
import { useWords } from "#app/components/site/providers.tsx";
import type { EventState, EventView } from "#app/lib/api.ts";
import type { MessageKey } from "#app/lib/messages.ts";

export function Seats({ event, phase }: { event: EventView; phase: EventState }) {
  const { t } = useWords();
  // What is left of an event that has ended is of no use to anyone, and an empty bar would say "none".
  const ended = phase === "closed";
  const left = event.remaining;
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="text-muted">{t(ended ? "event.limit" : "seats.label")}</span>
        <span className="font-semibold tabular-nums">
          {t(seatsKey(left, phase), { left: left ?? 0, limit: event.issueLimit })}
        </span>
      </div>
      {!ended && <Bar left={left} limit={event.issueLimit} />}
    </div>
  );
}

function Bar({ left, limit }: { left: number | null; limit: number }) {
  const { t } = useWords();
  return left === null ? (
    <progress className="bar" aria-label={t("seats.checking")} />
  ) : (
    <progress className="bar" max={limit} value={left} aria-label={t("seats.label")} />
  );
}

function seatsKey(left: number | null, phase: EventState): MessageKey {
  if (phase === "closed") return "event.limit_value";
  if (phase === "scheduled") return "seats.all";
  return left === null ? "seats.checking" : "seats.left";
}

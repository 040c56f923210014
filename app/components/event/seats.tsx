"use client";
/** How many coupons are left, as a bar and in words. */
import { useWords } from "#app/components/site/providers.tsx";
import type { EventState, EventView } from "#app/lib/api.ts";
import type { MessageKey } from "#app/lib/messages.ts";

export function Seats({ event, phase }: { event: EventView; phase: EventState }) {
  const { t } = useWords();
  // What is left of an event that has ended is of no use to anyone.
  const left = phase === "closed" ? 0 : event.remaining;
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="text-muted">{t(phase === "closed" ? "event.limit" : "seats.label")}</span>
        <span className="font-semibold tabular-nums">
          {t(seatsKey(left, phase), { left: left ?? 0, limit: event.issueLimit })}
        </span>
      </div>
      {left === null ? (
        <progress className="bar" aria-label={t("seats.checking")} />
      ) : (
        <progress className="bar" max={event.issueLimit} value={left} aria-label={t("seats.label")} />
      )}
    </div>
  );
}

function seatsKey(left: number | null, phase: EventState): MessageKey {
  if (phase === "closed") return "event.limit_value";
  if (phase === "scheduled") return "seats.all";
  return left === null ? "seats.checking" : "seats.left";
}

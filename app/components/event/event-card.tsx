"use client";
/** One event in the list: what there is to get, how it stands, and the way to its page. */
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { useWords } from "#app/components/site/providers.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { LocalTime } from "#app/components/ui/local-time.tsx";
import type { EventView } from "#app/lib/api.ts";
import { discountText, EVENT_STATES } from "#app/lib/event-words.ts";
import { Until } from "./event-details.tsx";
import { Seats } from "./seats.tsx";

export function EventCard({ event }: { event: EventView }) {
  const { t } = useWords();
  const state = EVENT_STATES[event.state];
  return (
    <Link
      href={`/events/${event.id}`}
      className="grid gap-4 rounded-2xl border border-line bg-surface p-5 transition-colors hover:border-accent"
    >
      <div className="flex items-start justify-between gap-3">
        <div className="grid justify-items-start gap-1.5">
          <Badge tone={state.tone}>{t(state.text)}</Badge>
          <h2 className="font-bold text-lg leading-snug">{event.displayName}</h2>
          <p className="font-extrabold text-accent text-xl">{discountText(t, event.discount)}</p>
        </div>
        <ChevronRight aria-hidden className="mt-1 size-5 shrink-0 text-muted" />
      </div>
      <div className="mt-auto grid gap-3">
        <Seats event={event} phase={event.state} />
        <p className="text-muted text-sm first-letter:uppercase">
          <EventMoment event={event} />
        </p>
      </div>
    </Link>
  );
}

/** The one moment that matters in this state. */
function EventMoment({ event }: { event: EventView }) {
  const { t } = useWords();
  if (event.state === "scheduled")
    return (
      <>
        {t("events.opens")} <LocalTime at={event.opensAt} />
      </>
    );
  if (event.state === "closed" || event.state === "sold_out")
    return (
      <>
        {t("event.expires")} <Until at={event.expiresAt} />
      </>
    );
  if (event.closesAt === null) return t("events.until_gone");
  return (
    <>
      {t("events.closes")} <LocalTime at={event.closesAt} />
    </>
  );
}

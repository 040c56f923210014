"use client";
/** One event in the list: what there is to get, how it stands, and the way to its page. */
import { clsx } from "clsx";
import { Clock } from "lucide-react";
import { useWords } from "#app/components/site/providers.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import { DateText } from "#app/components/ui/date-text.tsx";
import { PageLink } from "#app/components/ui/page-link.tsx";
import type { EventView } from "#app/lib/api.ts";
import { soonText } from "#app/lib/countdown.ts";
import { discountText, EVENT_STATES } from "#app/lib/event-words.ts";
import { Until } from "./event-details.tsx";
import { Seats } from "./seats.tsx";

/** `now`: UTC milliseconds of the server, null while unknown. */
export function EventCard({ event, now }: { event: EventView; now: number | null }) {
  const { t } = useWords();
  const state = EVENT_STATES[event.state];
  const ended = event.state === "closed" || event.state === "sold_out";
  return (
    <PageLink
      href={`/events/${event.id}`}
      className="grid gap-4 rounded-3xl border border-line bg-surface p-5 transition-colors hover:border-accent"
    >
      <div className="grid content-start justify-items-start gap-1.5">
        <Badge tone={state.tone}>{t(state.text)}</Badge>
        <h3 className="mt-1 font-semibold leading-snug">{event.displayName}</h3>
        <p className={clsx("font-extrabold text-3xl tracking-tight", ended ? "text-muted" : "text-accent")}>
          {discountText(t, event.discount)}
        </p>
      </div>
      <div className="mt-auto grid gap-3">
        <Seats event={event} phase={event.state} />
        <p className="text-muted text-sm">
          <EventMoment event={event} />
        </p>
        <Soon event={event} now={now} />
      </div>
    </PageLink>
  );
}

/** The one moment that matters in this state. */
function EventMoment({ event }: { event: EventView }) {
  const { t } = useWords();
  if (event.state === "scheduled") return <DateText text="countdown.opens_at" at={event.opensAt} />;
  if (event.state === "closed" || event.state === "sold_out")
    return (
      <>
        {t("event.expires")} <Until at={event.expiresAt} />
      </>
    );
  if (event.closesAt === null) return t("claim.until_gone");
  return <DateText text="claim.closes_at" at={event.closesAt} />;
}

/** The time that is left until an opening within the day. */
function Soon({ event, now }: { event: EventView; now: number | null }) {
  const { t } = useWords();
  if (event.state !== "scheduled") return null;
  const text = now === null ? null : soonText(t, Date.parse(event.opensAt) - now);
  return (
    <p className="flex min-h-6 items-center gap-1.5 font-bold text-accent text-sm tabular-nums">
      {text !== null && (
        <>
          <Clock aria-hidden className="size-4" />
          {text}
        </>
      )}
    </p>
  );
}

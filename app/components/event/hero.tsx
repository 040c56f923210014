"use client";
/** The head of an event page: its name, what it gives, and how many are left. */
import { useWords } from "#app/components/site/providers.tsx";
import { Badge } from "#app/components/ui/badge.tsx";
import type { EventState, EventView } from "#app/lib/api.ts";
import { discountText, EVENT_STATES } from "#app/lib/event-words.ts";
import { Seats } from "./seats.tsx";

export function Hero({ event, phase }: { event: EventView; phase: EventState }) {
  const { t } = useWords();
  const state = EVENT_STATES[phase];
  return (
    <section className="overflow-hidden rounded-3xl border border-line bg-surface">
      <div className="hero-ground grid justify-items-start gap-2 p-5 sm:gap-3 sm:p-8 md:min-h-60 md:content-center">
        <Badge tone={state.tone}>{t(state.text)}</Badge>
        <h1 className="font-bold text-xl leading-snug sm:text-2xl">{event.displayName}</h1>
        <p className="font-extrabold text-[clamp(2.25rem,11vw,4.5rem)] text-accent leading-none tracking-tight">
          {discountText(t, event.discount)}
        </p>
        <p className="font-semibold text-muted">{t("event.limit_value", { limit: event.issueLimit })}</p>
      </div>
      <div className="perforation p-5 sm:px-8">
        <Seats event={event} phase={phase} />
      </div>
    </section>
  );
}

"use client";
/** The small print of an event, in plain words. */
import type { ReactNode } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { DateText } from "#app/components/ui/date-text.tsx";
import { LocalTime } from "#app/components/ui/local-time.tsx";
import type { EventState, EventView } from "#app/lib/api.ts";
import type { MessageKey } from "#app/lib/messages.ts";

/** How the window of an event ends that has no closing time. */
const ENDS = {
  scheduled: "events.until_gone",
  open: "events.until_gone",
  paused: "events.until_gone",
  sold_out: "events.all_gone",
  closed: "events.ended",
} as const satisfies Record<EventState, MessageKey>;

export function EventDetails({ event, phase }: { event: EventView; phase: EventState }) {
  const { t } = useWords();
  return (
    <section className="rounded-3xl border border-line bg-surface p-5 sm:px-8 sm:py-6">
      <h2 className="mb-3 font-bold text-lg">{t("event.details")}</h2>
      <dl className="grid gap-3 text-sm sm:gap-2.5">
        <Detail name={t("event.limit")}>{t("event.limit_value", { limit: event.issueLimit })}</Detail>
        <Detail name={t("event.window")}>
          <LocalTime at={event.opensAt} style="full" />
          {" – "}
          {event.closesAt === null ? t(ENDS[phase]) : <LocalTime at={event.closesAt} style="full" />}
        </Detail>
        <Detail name={t("event.expires")}>
          <Until at={event.expiresAt} />
        </Detail>
        <Detail name={t("event.one_each")}>{t("event.one_each_value")}</Detail>
      </dl>
    </section>
  );
}

function Detail({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-0.5 sm:grid-cols-[8rem_1fr] sm:gap-3">
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** "until {date}" */
export function Until({ at }: { at: string }) {
  return <DateText text="event.until" at={at} style="full" />;
}

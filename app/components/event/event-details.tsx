"use client";
/** The small print of an event, in plain words. */
import type { ReactNode } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { LocalTime } from "#app/components/ui/local-time.tsx";
import type { EventView } from "#app/lib/api.ts";

export function EventDetails({ event }: { event: EventView }) {
  const { t } = useWords();
  return (
    <section className="rounded-2xl border border-line bg-surface p-5 sm:px-8">
      <h2 className="mb-3 font-bold">{t("event.details")}</h2>
      <dl className="grid gap-3 text-sm sm:gap-2">
        <Detail name={t("event.limit")}>{t("event.limit_value", { limit: event.issueLimit })}</Detail>
        <Detail name={t("event.window")}>
          <LocalTime at={event.opensAt} style="full" />
          {" – "}
          {event.closesAt === null ? t("events.until_gone") : <LocalTime at={event.closesAt} style="full" />}
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

/** "until {date}", with the date as a <time> wherever the language puts it. */
export function Until({ at }: { at: string }) {
  const { t } = useWords();
  const [before, after] = t("event.until").split("{date}");
  return (
    <>
      {before}
      <LocalTime at={at} style="full" />
      {after}
    </>
  );
}

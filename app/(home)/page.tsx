/** The start page: all coupon events. */
import type { Metadata } from "next";
import { EventList } from "#app/components/event/event-list.tsx";
import { pageWords, publicApi } from "#app/lib/page-words.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await pageWords();
  return { title: t("events.title") };
}

export default async function EventsPage() {
  const { t } = await pageWords();
  const events = await publicApi().event.list();
  return (
    <>
      <h1 className="font-extrabold text-2xl sm:text-3xl">{t("events.title")}</h1>
      <p className="mt-1 mb-6 text-muted">{t("events.lead")}</p>
      <EventList initial={events} />
    </>
  );
}

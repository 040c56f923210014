"use client";
/** What is still to be had, for someone who came too late here. */
import { useWords } from "#app/components/site/providers.tsx";
import type { EventView } from "#app/lib/api.ts";
import { useEvents } from "#app/lib/use-events.ts";
import { EventCard } from "./event-card.tsx";

const SHOWN_MAX = 3;

export default function OtherEvents({ except }: { except: number }) {
  const { t } = useWords();
  const { groups, now } = useEvents();
  const others: EventView[] = [...groups.open, ...groups.upcoming]
    .filter((event) => event.id !== except)
    .slice(0, SHOWN_MAX);
  if (others.length === 0) return null;
  return (
    <section className="mt-4">
      <h2 className="mb-3 font-bold text-lg">{t("claim.others_title")}</h2>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {others.map((event) => (
          <li key={event.id} className="grid">
            <EventCard event={event} now={now} />
          </li>
        ))}
      </ul>
    </section>
  );
}

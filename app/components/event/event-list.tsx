"use client";
/** All events, kept fresh while somebody looks. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi, useWords } from "#app/components/site/providers.tsx";
import type { EventView } from "#app/lib/api.ts";
import { EventCard } from "./event-card.tsx";

const POLL_MS = { shortest: 5_000, spread: 5_000 };

export function EventList({ initial }: { initial: { items: EventView[] } }) {
  const { t } = useWords();
  const api = useApi();
  const [pollMs] = useState(() => POLL_MS.shortest + Math.random() * POLL_MS.spread);
  const { data } = useQuery({
    queryKey: ["events"],
    queryFn: () => api.event.list.query(),
    initialData: initial,
    refetchInterval: pollMs,
  });
  if (data.items.length === 0)
    return (
      <div className="rounded-2xl border border-line border-dashed px-6 py-16 text-center">
        <p className="font-semibold">{t("events.empty")}</p>
        <p className="mt-1 text-muted">{t("events.empty_next")}</p>
      </div>
    );
  return (
    <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      {data.items.map((event) => (
        <li key={event.id} className="grid">
          <EventCard event={event} />
        </li>
      ))}
    </ul>
  );
}

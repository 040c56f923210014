"use client";
/** All events in three groups, kept fresh while somebody looks. */
import { CalendarClock } from "lucide-react";
import { useWords } from "#app/components/site/providers.tsx";
import type { EventView } from "#app/lib/api.ts";
import type { GroupName } from "#app/lib/event-groups.ts";
import type { MessageKey } from "#app/lib/messages.ts";
import { useEvents } from "#app/lib/use-events.ts";
import { ConnectionNote } from "./connection-note.tsx";
import { EventCard } from "./event-card.tsx";

const GROUPS = {
  open: "events.group_open",
  upcoming: "events.group_upcoming",
  ended: "events.group_ended",
} as const satisfies Record<GroupName, MessageKey>;

export function EventList({ initial }: { initial: { items: EventView[] } }) {
  const { groups, now, stale } = useEvents(initial.items);
  const names = (Object.keys(GROUPS) as GroupName[]).filter((name) => groups[name].length > 0);
  return (
    <div className="grid gap-10">
      {names.length === 0 && <Empty />}
      {names.map((name) => (
        <Group key={name} name={name} events={groups[name]} now={now} />
      ))}
      <ConnectionNote stale={stale} />
    </div>
  );
}

function Group(props: { name: GroupName; events: EventView[]; now: number | null }) {
  const { t } = useWords();
  const { name, events, now } = props;
  const headingId = `events-${name}`;
  return (
    <section aria-labelledby={headingId}>
      <h2 id={headingId} className="mb-4 flex items-baseline gap-2 font-bold text-xl">
        {t(GROUPS[name])}
        <span className="font-semibold text-base text-muted tabular-nums">{events.length}</span>
      </h2>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {events.map((event) => (
          <li key={event.id} className="grid">
            <EventCard event={event} now={now} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Empty() {
  const { t } = useWords();
  return (
    <div className="grid justify-items-center gap-1 rounded-3xl border border-line border-dashed px-6 py-20 text-center">
      <CalendarClock aria-hidden strokeWidth={1.5} className="mb-2 size-12 text-muted" />
      <p className="font-bold text-lg">{t("events.empty")}</p>
      <p className="text-muted">{t("events.empty_next")}</p>
    </div>
  );
}

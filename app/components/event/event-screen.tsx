"use client";
/** The event page in the browser: what there is to get on one side, the visitor's claim on the other. */
import { ArrowLeft } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { PageLink } from "#app/components/ui/page-link.tsx";
import type { EventView } from "#app/lib/api.ts";
import { titleOf } from "#app/lib/event-title.ts";
import { useClaimPanel } from "#app/lib/use-claim-panel.ts";
import { useEvent } from "#app/lib/use-event.ts";
import { ClaimPanel } from "./claim-panel.tsx";
import { ConnectionNote } from "./connection-note.tsx";
import { EventDetails } from "./event-details.tsx";
import { Hero } from "./hero.tsx";
import { NOTICES, type Notice } from "./notices.ts";

/** Only for who came too late: nobody else has to load the cards of the list. */
const OtherEvents = lazy(() => import("./other-events.tsx"));

export function EventScreen({ initial }: { initial: EventView }) {
  const { t } = useWords();
  const live = useEvent(initial);
  const claim = useClaimPanel(live);
  const { event, phase } = live;
  const { view } = claim;
  const notice: Notice | null = view.kind === "notice" ? NOTICES[view.notice] : null;
  useTitle(`${titleOf(t, { event, phase, won: view.kind === "receipt" })} · ${t("site.name")}`);
  return (
    <div className="action-bar-room grid gap-3 sm:gap-5">
      <PageLink
        href="/"
        className="flex min-h-8 items-center gap-1 justify-self-start rounded-lg pr-2 text-muted text-sm hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        {t("event.all_events")}
      </PageLink>
      <div className="grid items-start gap-4 sm:gap-5 md:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
        <Hero event={event} phase={phase} />
        <div className="md:row-span-2">
          <ClaimPanel live={live} claim={claim} />
        </div>
        <EventDetails event={event} phase={phase} />
      </div>
      {notice?.next === "other_events" && (
        <Suspense>
          <OtherEvents except={event.id} />
        </Suspense>
      )}
      <ConnectionNote stale={live.stale} />
    </div>
  );
}

/** A tab in the background shows how things stand. */
function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}

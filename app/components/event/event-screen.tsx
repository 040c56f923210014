"use client";
/** The event page in the browser: what there is to get on one side, the visitor's claim on the other. */
import { ArrowLeft, WifiOff } from "lucide-react";
import Link from "next/link";
import { useWords } from "#app/components/site/providers.tsx";
import type { EventView } from "#app/lib/api.ts";
import { useEvent } from "#app/lib/use-event.ts";
import { ClaimPanel } from "./claim-panel.tsx";
import { EventDetails } from "./event-details.tsx";
import { Hero } from "./hero.tsx";

export function EventScreen({ initial }: { initial: EventView }) {
  const { t } = useWords();
  const live = useEvent(initial);
  return (
    <div className="grid gap-4 sm:gap-6">
      <Link
        href="/"
        className="flex items-center gap-1 justify-self-start rounded-lg py-1 pr-2 text-muted text-sm hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        {t("event.all_events")}
      </Link>
      <div className="grid items-start gap-4 sm:gap-6 md:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
        <Hero event={live.event} phase={live.phase} />
        <div className="md:row-span-2">
          <ClaimPanel live={live} />
        </div>
        <EventDetails event={live.event} />
      </div>
      <StaleNote stale={live.stale} />
    </div>
  );
}

/** Floats over the page, so that coming and going moves nothing. */
function StaleNote({ stale }: { stale: boolean }) {
  const { t } = useWords();
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-4 grid justify-items-center"
    >
      {stale && (
        <p className="flex animate-rise items-center gap-2 rounded-xl border border-line bg-wait-soft px-4 py-2 text-sm text-wait shadow-lg">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          {t("claim.stale")}
        </p>
      )}
    </div>
  );
}

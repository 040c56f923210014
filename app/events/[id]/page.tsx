/** The page of one event. Its HTML is the same for everybody; what the visitor holds is asked by the browser. */
import type { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { cache } from "react";
import { EventScreen } from "#app/components/event/event-screen.tsx";
import type { EventView } from "#app/lib/api.ts";
import { pageWords, publicApi } from "#app/lib/page-words.ts";
import NotFound from "#app/not-found.tsx";

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { t } = await pageWords();
  const event = await loadEvent((await params).id);
  return event ? { title: event.displayName } : { title: t("page.not_found"), robots: { index: false } };
}

/**
 * What is not found is said in the page itself and not by Next's notFound(), whose words only a browser's script would
 * show. The front door, which knows the events too, makes it a 404.
 */
export default async function EventPage({ params }: Props) {
  await pageWords();
  const event = await loadEvent((await params).id);
  return event ? <EventScreen initial={event} /> : <NotFound />;
}

/** Once per request, for metadata and page. null: the address names no event. */
const loadEvent = cache(async (id: string): Promise<EventView | null> => {
  if (!/^[1-9]\d{0,9}$/.test(id)) return null;
  try {
    return await publicApi().event.get({ eventId: Number(id) });
  } catch (error) {
    if (isUnknownEvent(error)) return null;
    throw error;
  }
});

/** A number above the range of event ids is refused as input; to a reader that is no event either. */
function isUnknownEvent(error: unknown): boolean {
  // By name, not by class: Next's module graph has its own copy of the package.
  const code = error instanceof Error && error.name === "TRPCError" ? (error as TRPCError).code : null;
  return code === "NOT_FOUND" || code === "BAD_REQUEST";
}

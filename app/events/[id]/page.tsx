/** The page of one event. Its HTML is the same for everybody; what the visitor holds is asked by the browser. */
import type { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { EventScreen } from "#app/components/event/event-screen.tsx";
import type { EventView } from "#app/lib/api.ts";
import { pageWords, publicApi } from "#app/lib/page-words.ts";

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await pageWords();
  const event = await loadEvent((await params).id);
  return { title: event.displayName };
}

export default async function EventPage({ params }: Props) {
  await pageWords();
  const event = await loadEvent((await params).id);
  return <EventScreen initial={event} />;
}

/** Once per request, for metadata and page. @throws Next's not-found for an address that names no event */
const loadEvent = cache(async (id: string): Promise<EventView> => {
  if (!/^[1-9]\d{0,9}$/.test(id)) notFound();
  try {
    return await publicApi().event.get({ eventId: Number(id) });
  } catch (error) {
    if (isUnknownEvent(error)) notFound();
    throw error;
  }
});

/** A number above the range of event ids is refused as input; to a reader that is no event either. */
function isUnknownEvent(error: unknown): boolean {
  // By name, not by class: Next's module graph has its own copy of the package.
  const code = error instanceof Error && error.name === "TRPCError" ? (error as TRPCError).code : null;
  return code === "NOT_FOUND" || code === "BAD_REQUEST";
}

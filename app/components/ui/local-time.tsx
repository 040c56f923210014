"use client";
/** A moment in the visitor's own time zone, with the zone named. */
import { useSyncExternalStore } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import type { Language } from "#app/lib/messages.ts";

export type TimeStyle = "short" | "full" | "exact";

// Short, so that a ticket on a phone has room for it; in Korean a month has one name only.
const DAY = { month: "short", day: "numeric" } as const;
const CLOCK = { hour: "numeric", minute: "2-digit", timeZoneName: "short" } as const;
const STYLES: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  short: { ...DAY, weekday: "short", ...CLOCK },
  full: { year: "numeric", ...DAY, ...CLOCK },
  exact: { year: "numeric", ...DAY, ...CLOCK, second: "2-digit", fractionalSecondDigits: 3 },
};

/** The zone of the server's rendering, which does not know the visitor's. */
const SERVER_ZONE = "Asia/Seoul";

/** `style` "exact" shows milliseconds, as on a receipt. */
export function LocalTime({ at, style = "short" }: { at: string; style?: TimeStyle }) {
  const { language } = useWords();
  const zone = useTimeZone();
  return (
    // The server's and the browser's language data may differ in a space or in the name of a zone.
    <time dateTime={at} suppressHydrationWarning className="tabular-nums">
      {textOf(formatter(language, style, zone).formatToParts(new Date(at)))}
    </time>
  );
}

/** The hour and its zone are one word to a line's end: a zone alone in the next line could be anything's. */
function textOf(parts: Intl.DateTimeFormatPart[]): string {
  const clock = parts.findIndex(({ type }) => type === "dayPeriod" || type === "hour");
  return parts
    .map(({ value }, index) => (index < clock ? value : value.replaceAll(/\s/g, "\u00a0")))
    .join("");
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, style: TimeStyle, timeZone: string): Intl.DateTimeFormat {
  const key = `${language} ${style} ${timeZone}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, { ...STYLES[style], timeZone });
  formatters.set(key, made);
  return made;
}

function useTimeZone(): string {
  return useSyncExternalStore(neverChanges, browserZone, () => SERVER_ZONE);
}

function neverChanges() {
  return () => {};
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? SERVER_ZONE;
}

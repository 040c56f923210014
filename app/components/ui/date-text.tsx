"use client";
/** A sentence with a moment in it, which stands as a <time> wherever the language puts it. */
import { useWords } from "#app/components/site/providers.tsx";
import type { MessageKey } from "#app/lib/messages.ts";
import { LocalTime, type TimeStyle } from "./local-time.tsx";

/** `text`: a message with {date} in it. */
export function DateText(props: { text: MessageKey; at: string; style?: TimeStyle }) {
  const { t } = useWords();
  const [before, after] = t(props.text).split("{date}");
  return (
    <>
      {before}
      <LocalTime at={props.at} style={props.style ?? "short"} />
      {after}
    </>
  );
}

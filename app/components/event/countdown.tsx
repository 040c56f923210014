"use client";
/** The time until the opening, by the server's clock, and the same at milestones for screen readers. */
import { useState } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { milestone, timeLeft } from "#app/lib/countdown.ts";
import type { MessageKey, Translate } from "#app/lib/messages.ts";

const MINUTE_S = 60;

export function Countdown({ untilMs }: { untilMs: number }) {
  const { t } = useWords();
  const { days, hours, minutes, seconds } = timeLeft(untilMs);
  return (
    <div role="timer" className="grid gap-2">
      <p className="text-center font-semibold text-muted text-sm">{t("countdown.label")}</p>
      <div className="flex justify-center gap-2">
        {days > 0 && <Part value={days} unit="countdown.days" />}
        <Part value={hours} unit="countdown.hours" />
        <Part value={minutes} unit="countdown.minutes" />
        <Part value={seconds} unit="countdown.seconds" />
      </div>
    </div>
  );
}

function Part({ value, unit }: { value: number; unit: MessageKey }) {
  const { t } = useWords();
  return (
    <div className="min-w-0 max-w-18 flex-1 rounded-xl bg-raised py-2 text-center">
      {/* Until the browser knows the server's time, this is the time left when the page was made. */}
      <div suppressHydrationWarning className="font-extrabold text-3xl tabular-nums">
        {String(value).padStart(2, "0")}
      </div>
      <div className="text-muted text-xs">{t(unit)}</div>
    </div>
  );
}

/** Spoken when a milestone is reached, and when the event opens under the visitor's eyes; silent in between. */
export function CountdownAnnouncer(props: { opensInMs: number; scheduled: boolean }) {
  const { t } = useWords();
  const [waited, setWaited] = useState(props.scheduled);
  if (props.scheduled && !waited) setWaited(true);
  const spoken = props.scheduled ? milestoneText(milestone(props.opensInMs), t) : t("countdown.opened");
  return (
    <p aria-live="polite" className="sr-only">
      {waited && spoken}
    </p>
  );
}

function milestoneText(seconds: number | null, t: Translate): string {
  if (seconds === null) return "";
  if (seconds < MINUTE_S) return t("countdown.milestone_seconds", { seconds });
  return t("countdown.milestone_minutes", { minutes: seconds / MINUTE_S });
}

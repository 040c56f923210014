"use client";
/** The time until the opening, by the server's clock, and the same at milestones for screen readers. */
import { clsx } from "clsx";
import { useState } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { DateText } from "#app/components/ui/date-text.tsx";
import { milestone, timeLeft } from "#app/lib/countdown.ts";
import type { MessageKey, Translate } from "#app/lib/messages.ts";

const MINUTE_S = 60;
const MINUTE_MS = 60_000;

type Props = {
  /** null until the server's time is known; a number that stands still would be a lie */
  untilMs: number | null;
  /** whether to keep a place for days until then */
  days: boolean;
  opensAt: string;
};

export function Countdown({ untilMs, days, opensAt }: Props) {
  const { t } = useWords();
  const left = untilMs === null ? null : timeLeft(untilMs);
  const soon = untilMs !== null && untilMs < MINUTE_MS;
  return (
    <div className="grid gap-4 text-center">
      <p className="font-bold text-lg">{t("countdown.label")}</p>
      <div role="timer" className={clsx("flex justify-center gap-2", soon && "text-accent")}>
        {(left === null ? days : left.days > 0) && <Part value={left?.days} unit="countdown.days" />}
        <Part value={left?.hours} unit="countdown.hours" />
        <Part value={left?.minutes} unit="countdown.minutes" />
        <Part value={left?.seconds} unit="countdown.seconds" />
      </div>
      <p className="font-semibold">
        <DateText text="countdown.opens_at" at={opensAt} />
      </p>
    </div>
  );
}

function Part({ value, unit }: { value: number | undefined; unit: MessageKey }) {
  const { t } = useWords();
  return (
    <div className="min-w-0 max-w-22 flex-1 rounded-2xl bg-raised py-3 text-center">
      <div className="font-extrabold text-4xl tabular-nums leading-tight">
        {value === undefined ? "––" : String(value).padStart(2, "0")}
      </div>
      <div className="text-muted text-xs">{t(unit)}</div>
    </div>
  );
}

/**
 * Spoken when a milestone is reached, and when the event opens under the visitor's eyes; silent in between, and about
 * the milestone that was behind already when the visitor came: less than that is left.
 */
export function CountdownAnnouncer(props: { opensInMs: number; scheduled: boolean }) {
  const { t } = useWords();
  const [waited, setWaited] = useState(props.scheduled);
  if (props.scheduled && !waited) setWaited(true);
  const reached = milestone(props.opensInMs);
  const [before] = useState(reached);
  const spoken = props.scheduled
    ? milestoneText(reached === before ? null : reached, t)
    : t("countdown.opened");
  return (
    <p aria-live="polite" className="sr-only">
      {waited && spoken}
    </p>
  );
}

function milestoneText(seconds: number | null, t: Translate): string {
  if (seconds === null) return "";
  if (seconds <= MINUTE_S) return t("countdown.milestone_seconds", { seconds });
  return t("countdown.milestone_minutes", { minutes: seconds / MINUTE_S });
}

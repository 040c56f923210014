/** A short word about a state, coloured by what it means for the visitor. */
import { clsx } from "clsx";
import type { ReactNode } from "react";

export type Tone = "good" | "wait" | "accent" | "plain";

const TONES = {
  good: "bg-good-soft text-good",
  wait: "bg-wait-soft text-wait",
  accent: "bg-accent text-on-accent",
  plain: "bg-surface text-muted ring-1 ring-line ring-inset",
} satisfies Record<Tone, string>;

export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span
      className={clsx(
        "inline-flex items-center rounded-full px-2.5 py-0.5 font-semibold text-sm",
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}

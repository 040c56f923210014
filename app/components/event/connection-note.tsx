"use client";
/** Says that the page has lost its server, and when it is back. Floats over the page, so that it moves nothing, and above the thumb's bar. */
import { Wifi, WifiOff } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import type { MessageKey } from "#app/lib/messages.ts";

/** How long the good news stays. */
const BACK_MS = 3_000;

/** `stale`: the last questions got no answer. */
export function ConnectionNote({ stale }: { stale: boolean }) {
  const { t } = useWords();
  const online = useOnline();
  const lost = stale || !online;
  const back = useJustEnded(lost);
  const text: MessageKey | null = !online
    ? "site.offline"
    : stale
      ? "claim.stale"
      : back
        ? "site.online"
        : null;
  const Icon = lost ? WifiOff : Wifi;
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-24 z-30 grid justify-items-center md:bottom-6"
    >
      {text !== null && (
        <p
          className={`flex animate-rise items-center gap-2 text-balance rounded-full border border-line px-4 py-2 font-semibold text-sm shadow-lg ${lost ? "bg-wait-soft text-wait" : "bg-good-soft text-good"}`}
        >
          <Icon aria-hidden className="size-4 shrink-0" />
          {t(text)}
        </p>
      )}
    </div>
  );
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      window.addEventListener("online", onChange);
      window.addEventListener("offline", onChange);
      return () => {
        window.removeEventListener("online", onChange);
        window.removeEventListener("offline", onChange);
      };
    },
    () => navigator.onLine,
    () => true,
  );
}

/** True for a while after `condition` has ended. */
function useJustEnded(condition: boolean): boolean {
  const [was, setWas] = useState(condition);
  const [ended, setEnded] = useState(false);
  if (was !== condition) {
    setWas(condition);
    setEnded(!condition);
  }
  useEffect(() => {
    if (!ended) return;
    const timer = setTimeout(() => setEnded(false), BACK_MS);
    return () => clearTimeout(timer);
  }, [ended]);
  return ended;
}

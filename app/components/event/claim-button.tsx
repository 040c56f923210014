"use client";
/** The one button that everything here is about. */
import { useEffect, useState } from "react";
import { useWords } from "#app/components/site/providers.tsx";
import { Button } from "#app/components/ui/button.tsx";

/** `pressableAfterMs`: how long it stays disabled from now on; null: until something else is known. */
export function ClaimButton(props: { pressableAfterMs: number | null; onPress: () => void }) {
  const { t } = useWords();
  const pressable = usePassed(props.pressableAfterMs);
  return (
    <Button weight="primary" size="large" className="w-full" disabled={!pressable} onClick={props.onPress}>
      {t("claim.get")}
    </Button>
  );
}

/** Also false until the page is alive: a press before that would be lost without a word. */
function usePassed(ms: number | null): boolean {
  const [passed, setPassed] = useState<number | null>(null);
  useEffect(() => {
    if (ms === null) return;
    if (ms === 0) {
      setPassed(0);
      return;
    }
    const timer = setTimeout(() => setPassed(ms), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return ms !== null && passed === ms;
}

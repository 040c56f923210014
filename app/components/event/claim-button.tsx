"use client";
/** The one button that everything here is about. */
import { LoaderCircle } from "lucide-react";
import { useWords } from "#app/components/site/providers.tsx";
import { Button } from "#app/components/ui/button.tsx";
import type { MessageKey } from "#app/lib/messages.ts";
import { useAlive } from "#app/lib/use-alive.ts";

type Props = {
  ready: boolean;
  /** why it cannot be pressed, in place of its name */
  waitingFor: MessageKey | null;
  onPress: () => void;
};

/**
 * While it cannot be pressed it says so, and keeps the focus: a disabled button would lose it. Its name appears only
 * once the page is alive, for a press before that would be lost without a word.
 */
export function ClaimButton({ ready, waitingFor, onPress }: Props) {
  const { t } = useWords();
  const alive = useAlive();
  const wait = alive ? waitingFor : "claim.waking";
  const pressable = alive && ready;
  return (
    <Button
      weight="primary"
      size="large"
      className="w-full"
      aria-disabled={!pressable}
      onClick={() => pressable && onPress()}
    >
      {wait && <LoaderCircle aria-hidden className="size-5 animate-spin" />}
      {t(wait ?? "claim.get")}
    </Button>
  );
}

"use client";
/** Presses the claim button for the visitor: once when asked, and again by itself until there is an answer that stands. */
import { useEffect, useRef, useState } from "react";
import type { ClaimAnswer } from "./api.ts";
import { attention } from "./attention.ts";
import { type Pressed, resendDelayMs } from "./press.ts";
import { api, type FailureKind, failureKind } from "./trpc.ts";

type Options = {
  eventId: number;
  /** the user id, null for nobody */
  owner: string | null;
  /** whether a press makes sense now; one that is still unanswered when that ends is given up */
  open: boolean;
  onAnswer: (answer: ClaimAnswer) => void;
  onFailure: (failure: FailureKind) => void;
};

/** `asking`: the visitor's own press is under way; a repetition happens in silence. */
export function usePress({ eventId, owner, open, onAnswer, onFailure }: Options) {
  const [last, setLast] = useState<{ owner: string | null; pressed: Pressed } | null>(null);
  const [asking, setAsking] = useState(false);
  const underWay = useRef(false);
  // Whoever signs in next in this browser must not see another's answer.
  const pressed = last?.owner === owner ? last.pressed : null;

  async function send(times: number): Promise<void> {
    if (underWay.current) return;
    underWay.current = true;
    try {
      const answer = await api.coupon.claim.mutate({ eventId }, owner ?? undefined);
      setLast({ owner, pressed: { answer, failure: null, at: Date.now(), times } });
      onAnswer(answer);
    } catch (error) {
      const failure = failureKind(error);
      setLast({ owner, pressed: { answer: null, failure, at: Date.now(), times } });
      onFailure(failure);
    } finally {
      underWay.current = false;
      setAsking(false);
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: one timer per answer, whatever is rendered meanwhile
  useEffect(() => {
    const delay = pressed && resendDelayMs(pressed, Math.random());
    if (!pressed || delay === null) return;
    if (!open) return setLast(null);
    const again = () => void send(pressed.times + 1);
    const timer = setTimeout(again, delay);
    const stopListening = attention.onReturn(again);
    return () => {
      stopListening();
      clearTimeout(timer);
    };
  }, [pressed, open]);

  function press(): void {
    setAsking(true);
    const unanswered = pressed !== null && resendDelayMs(pressed, 0) !== null;
    void send(unanswered ? pressed.times + 1 : 1);
  }
  return { pressed, asking, press };
}

"use client";
/** An event as the server tells it by itself: each change as soon as it happens, among the answers to our questions. */
import { useEffect, useRef } from "react";
import { useAnswers } from "#app/components/site/providers.tsx";
import type { Key } from "./answers.ts";
import type { EventView } from "./api.ts";
import { attention } from "./attention.ts";
import { laterView } from "./event-phase.ts";
import { follow } from "./follow.ts";
import { api } from "./trpc.ts";

/**
 * @param key under which the event's answers are kept
 * @returns `told.current`: whether changes are heard; `unlessOlder`: this view, or the known one if that is later
 */
export function useTold(eventId: number, key: Key) {
  const answers = useAnswers();
  const told = useRef(false);
  const unlessOlder = (view: EventView) => laterView(view, answers.peek<EventView>(key).data);

  // biome-ignore lint/correctness/useExhaustiveDependencies: all else follows from these two
  useEffect(() => {
    if (typeof EventSource === "undefined") return;
    return follow({
      attention,
      open: () => api.event.live.open({ eventId }),
      hear(message) {
        told.current = true;
        answers.put(key, unlessOlder(JSON.parse(message)));
      },
      lost() {
        if (told.current) answers.ask(key);
        told.current = false;
      },
      random: Math.random,
    });
  }, [answers, eventId]);
  return { told, unlessOlder };
}

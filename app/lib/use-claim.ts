"use client";
/** The visitor's claim on one event: what they hold, what the last press brought, and how to press. */
import { useEffect, useState } from "react";
import { useAnswers } from "#app/components/site/providers.tsx";
import type { Answer } from "./answers.ts";
import type { ClaimAnswer, ClaimStatus } from "./api.ts";
import { api } from "./trpc.ts";
import { eventKey } from "./use-event.ts";
import { personalKey, useMe, useSessionCheck } from "./use-me.ts";
import { usePress } from "./use-press.ts";
import { useQuery } from "./use-query.ts";

/** How long an open event's button waits for the look-up of an earlier claim. */
const LOOK_UP_PATIENCE_MS = 1_500;
const PENDING_POLL_MS = 1_000;
/** Late enough to overrule the answer to a press (claim-view.ts). */
const LOOK_AGAIN_MS = 2_000;
/** Bounds for the server's retryAfterMs, so that neither a storm nor silence follows from a strange value. */
const RETRY_MS = { shortest: 1_000, longest: 10_000 };

/** @param options.onSignedOut the press met a session that has ended */
export function useClaim(options: { eventId: number; open: boolean; onSignedOut: () => void }) {
  const { eventId, open, onSignedOut } = options;
  const me = useMe();
  const answers = useAnswers();
  const statusKey = personalKey(me, "claim", eventId);

  const status = useQuery<ClaimStatus>({
    key: statusKey,
    ask: () => api.coupon.claimStatus.query({ eventId }, me?.userId),
    enabled: Boolean(me),
    everyMs: ({ data }) => statusPollMs(data),
  });

  const checkSession = useSessionCheck(status.error);
  const { pressed, asking, press } = usePress({
    eventId,
    owner: me?.userId ?? null,
    open,
    onAnswer(answer: ClaimAnswer) {
      if (answer.status === "won" || answer.status === "pending") answers.put(statusKey, answer);
      // Whatever the answer was, it says something about the seats that are left; and a page that only hears of
      // changes would not learn that an answer from memory has been overtaken.
      answers.ask(eventKey(eventId));
      setTimeout(() => answers.ask(eventKey(eventId)), LOOK_AGAIN_MS * (1 + Math.random()));
    },
    onFailure(failure) {
      if (failure !== "signed_out" && failure !== "other_user") return;
      checkSession();
      if (failure === "signed_out") onSignedOut();
    },
  });

  return {
    me,
    status: heldSeat(status),
    lookedLongEnough: usePatience(LOOK_UP_PATIENCE_MS),
    asking,
    pressed,
    press,
  };
}

/** When the last look-up failed, a seat seen before is still a seat; "none" may no longer be true. */
function heldSeat({ data, error }: Answer<ClaimStatus>): ClaimStatus | null {
  if (error === null) return data ?? null;
  return data?.status === "won" || data?.status === "pending" ? data : null;
}

function statusPollMs(status: ClaimStatus | undefined): number | null {
  switch (status?.status) {
    case "pending":
      return PENDING_POLL_MS;
    case "unavailable":
      return (
        Math.min(RETRY_MS.longest, Math.max(RETRY_MS.shortest, status.retryAfterMs)) *
        (0.75 + Math.random() / 2)
      );
    default:
      return null;
  }
}

function usePatience(ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return passed;
}

"use client";
/** The visitor's claim on one event: what they hold, what the last press brought, and how to press. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApi } from "#app/components/site/providers.tsx";
import type { ClaimStatus } from "./api.ts";
import type { Pressed } from "./claim-view.ts";
import { failureKind } from "./trpc.ts";
import { personalKey, useForgetMe, useMe } from "./use-me.ts";

/** How long an open event's button waits for the look-up of an earlier claim. */
const LOOK_UP_PATIENCE_MS = 1_500;
const PENDING_POLL_MS = 1_000;
/** Bounds for the server's retryAfterMs, so that neither a storm nor silence follows from a strange value. */
const RETRY_MS = { shortest: 1_000, longest: 10_000 };

export function useClaim(eventId: number) {
  const me = useMe();
  const api = useApi();
  const queryClient = useQueryClient();
  const forgetMe = useForgetMe();
  const owner = me?.userId ?? null;
  const [last, setLast] = useState<{ owner: string | null; pressed: Pressed } | null>(null);
  // Whoever signs in next in this browser must not see another's answer.
  const pressed = last?.owner === owner ? last.pressed : null;
  const statusKey = personalKey(me, "claim", eventId);

  const status = useQuery<ClaimStatus>({
    queryKey: statusKey,
    queryFn: () => api.coupon.claimStatus.query({ eventId }),
    enabled: Boolean(me),
    retry: false,
    refetchInterval: ({ state }) => statusPollMs(state.error ? null : state.data, pressed),
  });

  const mutation = useMutation({
    mutationFn: () => api.coupon.claim.mutate({ eventId }),
    onSuccess: async (answer) => {
      // A look-up that began before this answer knows less than it, and must not arrive later.
      await queryClient.cancelQueries({ queryKey: statusKey });
      if (answer.status === "won" || answer.status === "pending") queryClient.setQueryData(statusKey, answer);
      setLast({ owner, pressed: { answer, failure: null, at: Date.now() } });
      // Whatever the answer was, it says something about the seats that are left.
      void queryClient.invalidateQueries({ queryKey: ["event", eventId] });
    },
    onError: (error) => {
      const failure = failureKind(error);
      if (failure === "signed_out") forgetMe();
      setLast({ owner, pressed: { answer: null, failure, at: Date.now() } });
      if (failure === "offline") void status.refetch();
    },
  });

  useSessionEnd(status.error, forgetMe);
  return {
    me,
    status: status.isError ? heldSeat(status.data) : (status.data ?? null),
    lookedLongEnough: usePatience(LOOK_UP_PATIENCE_MS),
    asking: mutation.isPending,
    pressed,
    press: () => mutation.mutate(),
  };
}

/** When the last look-up failed, a seat seen before is still a seat; "none" may no longer be true. */
function heldSeat(status: ClaimStatus | undefined): ClaimStatus | null {
  return status?.status === "won" || status?.status === "pending" ? status : null;
}

/** `status` is null after a look-up that failed. */
function statusPollMs(status: ClaimStatus | null | undefined, pressed: Pressed | null): number | false {
  if (status === null) return RETRY_MS.longest / 2;
  switch (status?.status) {
    case "pending":
      return PENDING_POLL_MS;
    case "unavailable":
      return Math.min(RETRY_MS.longest, Math.max(RETRY_MS.shortest, status.retryAfterMs));
    case "none":
      // The answer to a press was lost: it may have brought a seat that is only just arriving.
      return pressed?.failure === "offline" ? RETRY_MS.longest / 2 : false;
    default:
      return false;
  }
}

function useSessionEnd(error: unknown, forgetMe: () => void): void {
  const ended = error !== null && failureKind(error) === "signed_out";
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of a session is noticed once, not at every render
  useEffect(() => {
    if (ended) forgetMe();
  }, [ended]);
}

function usePatience(ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return passed;
}

"use client";
/** Who is signed in. Asked by the browser, because the HTML of a page holds nothing personal. */
import { useEffect } from "react";
import { useAnswers } from "#app/components/site/providers.tsx";
import type { Me, Role } from "./api.ts";
import { api, failureKind } from "./trpc.ts";
import { useMutation, useQuery } from "./use-query.ts";

const ME_KEY = ["me"];
const PERSONAL = "personal";

/** undefined: not known yet; null: nobody. */
export function useMe(): Me | null | undefined {
  return useQuery({ key: ME_KEY, ask: () => api.session.me.query() }).data;
}

export function useSignIn() {
  const answers = useAnswers();
  return useMutation((user: { userId: string; role: Role }) => api.session.signIn.mutate(user), {
    onSuccess: (me) => answers.put(ME_KEY, me),
  });
}

export function useSignOut() {
  const answers = useAnswers();
  return useMutation(() => api.session.signOut.mutate(), {
    onSuccess: () => {
      answers.put(ME_KEY, null);
      answers.forget([PERSONAL]);
    },
  });
}

/** Personal answers carry their owner in the key, so that the next user of this browser never sees them. */
export function personalKey(me: Pick<Me, "userId"> | null | undefined, ...rest: (string | number)[]) {
  return [PERSONAL, me?.userId ?? null, ...rest];
}

/** How a call met a session that has ended, or that is somebody else's by now: it did nothing then. */
export function lostSession(error: unknown): "signed_out" | "other_user" | null {
  const kind = error === null ? null : failureKind(error);
  return kind === "signed_out" || kind === "other_user" ? kind : null;
}

/** Asks again who is signed in, when a call met a session that has ended, or that is somebody else's by now. */
export function useSessionCheck(error: unknown): () => void {
  const answers = useAnswers();
  const check = () => answers.ask(ME_KEY);
  const lost = lostSession(error) !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of a session is noticed once, not at every render
  useEffect(() => {
    if (lost) check();
  }, [lost]);
  return check;
}

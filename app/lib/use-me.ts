"use client";
/** Who is signed in. Asked by the browser, because the HTML of a page holds nothing personal. */
import { useAnswers } from "#app/components/site/providers.tsx";
import type { Me, Role } from "./api.ts";
import { api } from "./trpc.ts";
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
export function personalKey(me: Me | null | undefined, ...rest: (string | number)[]) {
  return [PERSONAL, me?.userId ?? null, ...rest];
}

/** The session ended on the server (expired, or signed out in another tab). */
export function useForgetMe(): () => void {
  const answers = useAnswers();
  return () => answers.put(ME_KEY, null);
}

"use client";
/** Who is signed in. Asked by the browser, because the HTML of a page holds nothing personal. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useApi } from "#app/components/site/providers.tsx";
import type { Me, Role } from "./api.ts";

const ME_KEY = ["me"];

/** undefined: not known yet; null: nobody. */
export function useMe(): Me | null | undefined {
  const api = useApi();
  return useQuery({ queryKey: ME_KEY, queryFn: () => api.session.me.query() }).data;
}

export function useSignIn() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (user: { userId: string; role: Role }) => api.session.signIn.mutate(user),
    onSuccess: (me) => queryClient.setQueryData(ME_KEY, me),
  });
}

export function useSignOut() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.session.signOut.mutate(),
    onSuccess: () => {
      queryClient.setQueryData(ME_KEY, null);
      queryClient.removeQueries({ predicate: (query) => isPersonal(query.queryKey) });
    },
  });
}

/** Personal answers carry their owner in the key, so that the next user of this browser never sees them. */
export function personalKey(me: Me | null | undefined, ...rest: (string | number)[]) {
  return ["personal", me?.userId ?? null, ...rest];
}

function isPersonal(key: readonly unknown[]): boolean {
  return key[0] === "personal";
}

/** The session ended on the server (expired, or signed out in another tab). */
export function useForgetMe(): () => void {
  const queryClient = useQueryClient();
  return () => queryClient.setQueryData(ME_KEY, null);
}

"use client";
/** What components of a page share in the browser: its words, the API client and the cache of its answers. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { type Language, type Messages, type Translate, translator } from "#app/lib/messages.ts";
import { type Api, createApi, failureKind } from "#app/lib/trpc.ts";

type Words = { language: Language; t: Translate };

const WordsContext = createContext<Words | null>(null);
const ApiContext = createContext<Api | null>(null);

export function Providers(props: { language: Language; messages: Messages; children: ReactNode }) {
  const { language, messages, children } = props;
  const [queryClient] = useState(createQueryClient);
  const [api] = useState(createApi);
  const words = useMemo(() => ({ language, t: translator(language, messages) }), [language, messages]);
  return (
    <WordsContext value={words}>
      <ApiContext value={api}>
        <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
      </ApiContext>
    </WordsContext>
  );
}

export function useWords(): Words {
  return present(useContext(WordsContext));
}

export function useApi(): Api {
  return present(useContext(ApiContext));
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error("This component has to stand inside <Providers>.");
  return value;
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A lost connection must become words on the page; by default the question would wait in silence.
        networkMode: "always",
        retry: (failures, error) => failures < 1 && isPassing(error),
      },
      // A claim is never repeated behind the user's back: pressing again is safe, and theirs to decide.
      mutations: { networkMode: "always", retry: false },
    },
  });
}

function isPassing(error: unknown): boolean {
  const kind = failureKind(error);
  return kind === "offline" || kind === "broken";
}

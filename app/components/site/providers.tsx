"use client";
/** What components of a page share in the browser: its words, and the API's answers. */
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { type Answers, createAnswers } from "#app/lib/answers.ts";
import { attention } from "#app/lib/attention.ts";
import { type Messages, type Translate, translator } from "#app/lib/messages.ts";
import { failureKind } from "#app/lib/trpc.ts";
import type { Language } from "#server/language";

type Words = { language: Language; t: Translate };

const WordsContext = createContext<Words | null>(null);
const AnswersContext = createContext<Answers | null>(null);

export function Providers(props: { language: Language; messages: Messages; children: ReactNode }) {
  const { language, messages, children } = props;
  // Not at the top of the module: on the server that would be one memory for all visitors.
  const [answers] = useState(() => createAnswers({ attention, isPassing, random: Math.random }));
  const words = useMemo(() => ({ language, t: translator(language, messages) }), [language, messages]);
  return (
    <WordsContext value={words}>
      <AnswersContext value={answers}>{children}</AnswersContext>
    </WordsContext>
  );
}

export function useWords(): Words {
  return present(useContext(WordsContext));
}

export function useAnswers(): Answers {
  return present(useContext(AnswersContext));
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error("This component has to stand inside <Providers>.");
  return value;
}

/** Asking again helps against a lost connection and a server in trouble, not against a refusal. */
function isPassing(error: unknown): boolean {
  const kind = failureKind(error);
  return kind === "offline" || kind === "broken" || kind === "too_many";
}

"use client";
/** Questions to the API as components ask them: useQuery for what is shown, useMutation for what is done. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useAnswers } from "#app/components/site/providers.tsx";
import type { Answer, Question } from "./answers.ts";

const UNASKED: Answer<never> = { data: undefined, error: null, failures: 0, arrivedAt: 0 };

/** Keeps the answer fresh while the component is mounted, and shares it with all who ask by the same key. */
export function useQuery<T>(
  question: Question<T> & { enabled?: boolean },
): Answer<T> & { again: () => void } {
  const answers = useAnswers();
  const latest = useRef(question);
  useEffect(() => {
    latest.current = question;
  });
  const { enabled = true } = question;
  const name = JSON.stringify(question.key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `name` stands for the key, whose array is new at every render
  const watch = useCallback(
    (onChange: () => void) =>
      enabled
        ? answers.watch<T>(
            {
              key: question.key,
              ask: () => latest.current.ask(),
              everyMs: (answer) => latest.current.everyMs?.(answer) ?? null,
            },
            onChange,
          )
        : () => {},
    [answers, name, enabled],
  );
  const answer = useSyncExternalStore<Answer<T>>(
    watch,
    () => answers.peek(question.key),
    () => UNASKED,
  );
  return { ...answer, again: () => answers.ask(question.key) };
}

type Outcome<T> = {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  isSuccess: boolean;
  isError: boolean;
};
type Handlers<T> = { onSuccess?: (data: T) => void; onError?: (error: unknown) => void };

const IDLE: Outcome<never> = {
  data: undefined,
  error: null,
  isPending: false,
  isSuccess: false,
  isError: false,
};

/** Something that is done when asked for, once, and never again by itself. */
export function useMutation<Input, T>(
  act: (input: Input) => Promise<T>,
  always: Handlers<T> = {},
): Outcome<T> & { mutate: (input: Input, handlers?: Handlers<T>) => void } {
  const [outcome, setOutcome] = useState<Outcome<T>>(IDLE);
  function mutate(input: Input, handlers: Handlers<T> = {}): void {
    setOutcome({ ...IDLE, isPending: true });
    act(input).then(
      (data) => {
        setOutcome({ ...IDLE, data, isSuccess: true });
        always.onSuccess?.(data);
        handlers.onSuccess?.(data);
      },
      (error: unknown) => {
        setOutcome({ ...IDLE, error, isError: true });
        always.onError?.(error);
        handlers.onError?.(error);
      },
    );
  }
  return { ...outcome, mutate };
}

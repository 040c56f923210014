/**
 * Answers of the API that components share: asked once for all who look, kept fresh while they look, asked again
 * with growing pauses when no answer came. The small part of a query library that these pages need.
 */

export type Key = readonly (string | number | null)[];

export type Answer<T> = {
  data: T | undefined;
  /** of the last question, null when it was answered */
  error: unknown;
  /** questions without an answer since the last one that had one */
  failures: number;
  /** when `data` arrived, by the browser's clock; 0 before the first */
  arrivedAt: number;
};

export type Question<T> = {
  key: Key;
  ask: () => Promise<T>;
  /** milliseconds until it is asked again; null: not by itself */
  everyMs?: (answer: Answer<T>) => number | null;
};

/** One lost answer is made up for in a second; only more than that is worth a word. */
const STALE_AFTER_FAILURES = 2;

/** Whether the last questions got no answer. */
export function isStale({ failures }: Answer<unknown>): boolean {
  return failures >= STALE_AFTER_FAILURES;
}

/** Whether somebody is looking at the page, and when they come back to it. */
export type Attention = {
  away: () => boolean;
  /** calls back when the page is looked at again, comes back from the history, or is online again */
  onReturn: (callback: () => void) => () => void;
};

export interface Answers {
  /** The same object until something changes. */
  peek<T>(key: Key): Answer<T>;
  /** Asks, and goes on asking until the returned function is called. */
  watch<T>(question: Question<T>, onChange: () => void): () => void;
  /** Asks again now, if anybody is watching. */
  ask(key: Key): void;
  /** Takes an answer that came another way; a question that is under way knows less, and its answer is dropped. */
  put<T>(key: Key, data: T): void;
  /** Forgets every answer whose key begins like this. */
  forget(keyStart: Key): void;
}

export type AnswersOptions = {
  attention: Attention;
  /** whether asking again may help */
  isPassing: (error: unknown) => boolean;
  random: () => number;
};

/** After the first failure, doubled by each further one up to the longest. */
const RETRY_MS = { first: 1_000, longest: 15_000 };

/** Whoever begins to watch within this time takes the answer that is there. */
const FRESH_MS = 2_000;

const NOTHING: Answer<never> = { data: undefined, error: null, failures: 0, arrivedAt: 0 };

type Entry = {
  answer: Answer<unknown>;
  watchers: Set<{ question: Question<unknown>; onChange: () => void }>;
  /** the question under way; another object means that its answer is no longer wanted */
  asking: object | null;
  timer: ReturnType<typeof setTimeout> | undefined;
};

export function createAnswers({ attention, isPassing, random }: AnswersOptions): Answers {
  const entries = new Map<string, Entry>();
  let stopListening: (() => void) | null = null;

  return {
    peek: <T>(key: Key) => (entries.get(nameOf(key))?.answer ?? NOTHING) as Answer<T>,

    watch<T>(question: Question<T>, onChange: () => void) {
      const entry = entryOf(question.key);
      const watcher = { question: question as Question<unknown>, onChange };
      entry.watchers.add(watcher);
      stopListening ??= attention.onReturn(askAll);
      if (Date.now() - entry.answer.arrivedAt < FRESH_MS) schedule(entry);
      else askNow(entry);
      return () => {
        entry.watchers.delete(watcher);
        if (entry.watchers.size === 0) clearTimeout(entry.timer);
        if (stopListening && [...entries.values()].every(({ watchers }) => watchers.size === 0)) {
          stopListening();
          stopListening = null;
        }
      };
    },

    ask: (key) => askNow(entryOf(key)),

    put(key, data) {
      const entry = entryOf(key);
      entry.asking = null;
      settle(entry, { data, error: null, failures: 0, arrivedAt: Date.now() });
    },

    forget(keyStart) {
      const start = nameOf(keyStart).slice(0, -1);
      for (const [name, entry] of entries) {
        if (!name.startsWith(start)) continue;
        entry.asking = null;
        entry.answer = NOTHING;
        tell(entry);
      }
    },
  };

  function entryOf(key: Key): Entry {
    const name = nameOf(key);
    const known = entries.get(name);
    if (known) return known;
    const entry: Entry = { answer: NOTHING, watchers: new Set(), asking: null, timer: undefined };
    entries.set(name, entry);
    return entry;
  }

  function askAll(): void {
    for (const entry of entries.values()) askNow(entry);
  }

  function askNow(entry: Entry): void {
    const [watcher] = entry.watchers;
    if (!watcher || entry.asking) return;
    clearTimeout(entry.timer);
    const mine = {};
    entry.asking = mine;
    watcher.question.ask().then(
      (data) => finish({ data, error: null, failures: 0, arrivedAt: Date.now() }),
      (error) => finish({ ...entry.answer, error, failures: entry.answer.failures + 1 }),
    );
    function finish(answer: Answer<unknown>): void {
      if (entry.asking !== mine) return;
      entry.asking = null;
      settle(entry, answer);
    }
  }

  function settle(entry: Entry, answer: Answer<unknown>): void {
    entry.answer = answer;
    tell(entry);
    schedule(entry);
  }

  function schedule(entry: Entry): void {
    clearTimeout(entry.timer);
    const delay = delayMs(entry);
    if (delay === null || entry.watchers.size === 0) return;
    entry.timer = setTimeout(() => {
      // Nobody is looking: onReturn asks again.
      if (!attention.away()) askNow(entry);
    }, delay);
  }

  function delayMs({ answer, watchers }: Entry): number | null {
    if (answer.error !== null && isPassing(answer.error)) return retryDelayMs(answer.failures, random());
    const wishes = [...watchers].flatMap(({ question }) => question.everyMs?.(answer) ?? []);
    return wishes.length > 0 ? Math.min(...wishes) : null;
  }
}

/**
 * The pause after so many failures: doubled each time, and spread so that a crowd that lost its server together does
 * not come back together.
 *
 * @param random a number in 0 … 1
 */
export function retryDelayMs(failures: number, random: number): number {
  const pause = Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** (failures - 1));
  return Math.round(pause * (0.5 + random));
}

function tell(entry: Entry): void {
  for (const { onChange } of entry.watchers) onChange();
}

function nameOf(key: Key): string {
  return JSON.stringify(key);
}

"use client";
/** Switches the language of the pages, and remembers the choice for a year. */
import { useRouter } from "next/navigation";
import { LANGUAGE_COOKIE, type Language, languages } from "#server/language";

const SHORT_NAMES = { ko: "한", en: "EN" } satisfies Record<Language, string>;
/** Each begins with what is seen, for those who speak to their browser. */
const NAMES = { ko: "한국어", en: "EN English" } satisfies Record<Language, string>;
const YEAR_S = 365 * 24 * 60 * 60;

export function LanguageSwitch({ language, label }: { language: Language; label: string }) {
  const router = useRouter();
  function choose(choice: Language) {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that shoppers still use
    document.cookie = `${LANGUAGE_COOKIE}=${choice}; path=/; max-age=${YEAR_S}; samesite=lax`;
    router.refresh();
  }
  return (
    <fieldset className="flex rounded-lg bg-raised p-0.5">
      <legend className="sr-only">{label}</legend>
      {languages.map((choice) => (
        <button
          key={choice}
          type="button"
          lang={choice}
          aria-label={NAMES[choice]}
          aria-pressed={choice === language}
          onClick={() => choose(choice)}
          className="min-h-8 rounded-md px-2 font-semibold text-muted text-xs aria-pressed:bg-surface aria-pressed:text-ink"
        >
          {SHORT_NAMES[choice]}
        </button>
      ))}
    </fieldset>
  );
}

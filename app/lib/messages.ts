/** The words of the pages, and the one way to fill in their blanks. */
import type korean from "../messages/ko.json";

export const languages = ["ko", "en"] as const;
export type Language = (typeof languages)[number];

/** Where a visitor's own choice is kept. */
export const LANGUAGE_COOKIE = "sunchak_lang";

export type MessageKey = keyof typeof korean;
export type Messages = Record<MessageKey, string>;
export type Blanks = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, blanks?: Blanks) => string;

/** `{name}` in a message is replaced by `blanks.name`; numbers are grouped as the language does. */
export function translator(language: Language, messages: Messages): Translate {
  const number = new Intl.NumberFormat(language);
  return (key, blanks = {}) =>
    messages[key].replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = blanks[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? number.format(value) : value;
    });
}

/**
 * The language of a page: the visitor's own choice (the cookie), else the first language of
 * Accept-Language that we speak, else Korean.
 */
export function pickLanguage(choice: string | undefined, acceptLanguage: string | null): Language {
  const chosen = languages.find((language) => language === choice);
  if (chosen) return chosen;
  const wishes = (acceptLanguage ?? "")
    .split(",")
    .map((wish) => {
      const [tag = "", ...parameters] = wish.trim().toLowerCase().split(";");
      const quality = parameters.find((parameter) => parameter.trim().startsWith("q="));
      return { language: tag.split("-")[0], quality: quality ? Number(quality.trim().slice(2)) || 0 : 1 };
    })
    .filter((wish) => wish.quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const wish of wishes) {
    const spoken = languages.find((language) => language === wish.language);
    if (spoken) return spoken;
  }
  return "ko";
}

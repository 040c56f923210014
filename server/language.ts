/**
 * Which language a visitor reads. Pure, so that the pages and the front door, which keeps a copy of a page for each
 * language, hold to this one rule.
 */

export const languages = ["ko", "en"] as const;
export type Language = (typeof languages)[number];

/** Where a visitor's own choice is kept. */
export const LANGUAGE_COOKIE = "sunchak_lang";

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

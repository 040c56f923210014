/** The words of the pages, and the one way to fill in their blanks. */
import type { Language } from "#server/language";
import type korean from "../messages/ko.json";

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

/** What every server-rendered page starts with: the visitor's language, its words, and the API in process. */
import { cookies, headers } from "next/headers";
import { connection } from "next/server";
import { cache } from "react";
import { getDeps } from "#server/deps";
import { LANGUAGE_COOKIE, type Language, pickLanguage } from "#server/language";
import english from "../messages/en.json";
import korean from "../messages/ko.json";
import { type Messages, type Translate, translator } from "./messages.ts";

const MESSAGES = { ko: korean, en: english } satisfies Record<Language, Messages>;

export type PageWords = { language: Language; messages: Messages; t: Translate };

/** Once per request, also when layout, metadata and page each ask. Makes the page dynamic: its nonce is per request. */
export const pageWords = cache(async (): Promise<PageWords> => {
  await connection();
  const [cookieStore, headerStore] = await Promise.all([cookies(), headers()]);
  const language = pickLanguage(cookieStore.get(LANGUAGE_COOKIE)?.value, headerStore.get("accept-language"));
  const messages = MESSAGES[language];
  return { language, messages, t: translator(language, messages) };
});

/** The API as anyone may use it. Never the visitor's own cookie: nothing personal belongs in a page's HTML. */
export function publicApi() {
  return getDeps().caller(undefined);
}

/** Whose wish decides the language of a page. */
import { expect, test } from "vitest";
import { pickLanguage } from "./language.ts";

test("the visitor's choice comes first, then the browser's wish, then Korean", () => {
  expect(pickLanguage("en", "ko-KR")).toBe("en");
  expect(pickLanguage(undefined, "en-US,en;q=0.9,ko;q=0.8")).toBe("en");
  expect(pickLanguage(undefined, "fr-FR,ko;q=0.4,en;q=0.9")).toBe("en");
  expect(pickLanguage("xx", "fr")).toBe("ko");
  expect(pickLanguage(undefined, "en;q=0,ko;q=0.1")).toBe("ko");
  expect(pickLanguage(undefined, null)).toBe("ko");
});

/** What Next gets to see of a request. */
import { expect, test } from "vitest";
import { withoutDraftMode } from "./pages.ts";

test.each([
  ["sunchak_session=a.b; lang=ko", "sunchak_session=a.b; lang=ko"],
  ["__prerender_bypass=x", ""],
  ["__prerender_bypass", ""],
  ["lang=ko; __prerender_bypass=x;__next_preview_data=y=z ; a=1", "lang=ko; a=1"],
  ["a=__prerender_bypass; x__prerender_bypass=1", "a=__prerender_bypass; x__prerender_bypass=1"],
])("cookies of a draft mode that we do not have are left out: %j", (cookies, left) => {
  expect(withoutDraftMode(cookies)).toBe(left);
});

/** Barriers that the look at the states must find: one of each kind, and each only where one of the layouts has it. */
import type { Page } from "@playwright/test";

type Barrier = { what: string; html: string; css?: string; found: RegExp };

const ID = "planted";

export const BARRIERS: readonly Barrier[] = [
  { what: "a field without a label", html: `<input type="text">`, found: /phone, light.*label at/s },
  {
    what: "a button without a name, on a desktop alone",
    html: "<button></button>",
    css: `@media (width < 48rem) { #${ID} { display: none } }`,
    found: /desktop, dark.*button-name at/s,
  },
  {
    what: "a low contrast, in the dark alone",
    html: "<p>가나다</p>",
    css: `@media (prefers-color-scheme: dark) { #${ID} { color: #555; background: #444 } }`,
    found: /desktop, dark.*color-contrast at/s,
  },
  {
    what: "too small a target, on a phone alone",
    html: "<button>가</button><button>나</button>",
    css: `@media (width < 48rem) { #${ID} button { width: 12px; height: 12px; padding: 0; overflow: hidden } }`,
    found: /phone, light.*target-size at/s,
  },
  {
    what: "something wider than the smallest screen",
    html: "<p>가나다</p>",
    css: `@media (width < 340px) { #${ID} { width: 350px } }`,
    found: /320 px.*too wide/s,
  },
  {
    what: "a word that is cut off when text is enlarged",
    html: "<p>가나다라마바</p>",
    css: `#${ID} { width: 150px; overflow: hidden; white-space: nowrap; font-size: 1rem }`,
    found: /double size.*cut off/s,
  },
];

/** Puts it into the main part of the page, in place of the one before. */
export async function plant(page: Page, { html, css = "" }: Barrier): Promise<void> {
  await page.evaluate(
    ({ html, css, id }) => {
      document.getElementById(id)?.remove();
      const holder = document.createElement("div");
      holder.id = id;
      holder.innerHTML = html;
      document.querySelector("main")?.append(holder);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets = [sheet];
    },
    { html, css, id: ID },
  );
}

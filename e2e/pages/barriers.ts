/** Looks for what keeps people out of a page: what axe finds, and what does not fit on a small or enlarged screen. */
import { createRequire } from "node:module";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";
import { enter, leave, settle } from "./states/all.ts";
import type { Scene, State } from "./states/state.ts";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const NARROWEST = { width: 320, height: 640 };

/** WCAG 2.2, levels A and AA. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The axe that the builder brings along: half a megabyte, which it would send to the page twice for every look. */
const { source: AXE } = createRequire(createRequire(import.meta.url).resolve("@axe-core/playwright"))(
  "axe-core",
) as { source: string };
const NOTHING = "undefined";

/** The title of the test that does what follows. */
export function titleOf(state: State): string {
  return `no barrier, and nothing cut off: ${state.name}`;
}

/** Goes to the state, and looks at it from all sides. */
export async function expectOpenToAll(state: State, scene: Scene): Promise<void> {
  const { page } = scene;
  await page.setViewportSize(PHONE);
  await enter(state, scene, "ko");
  await lookFromAllSides(page);
  await leave(page);
}

/** In each layout, in each colour scheme, on the smallest screen and with large text; the page is not loaded again. */
export async function lookFromAllSides(page: Page): Promise<void> {
  await expectNoBarrier(page, "phone, light");
  // Colours do not depend on the size of the screen: each of the two is looked at in one of the layouts.
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize(DESKTOP);
  await expectNoBarrier(page, "desktop, dark");

  await page.setViewportSize(NARROWEST);
  await expectEverythingFits(page, "320 px");
  await page.setViewportSize(PHONE);
  await doubleText(page);
  await expectEverythingFits(page, "a phone with text of double size");
}

/** As it was before it was looked at. */
export async function lookAway(page: Page): Promise<void> {
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: "light" });
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
}

async function expectNoBarrier(page: Page, where: string): Promise<void> {
  // A colour in the middle of its change would be measured as a colour of the page.
  await settle(page);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const { violations } = await new AxeBuilder({ page, axeSource: NOTHING })
    .options({ resultTypes: ["violations"] })
    .withTags(TAGS)
    // No other tab is opened for it, and there is no frame in our pages.
    .setLegacyMode()
    .analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
  expect(found, where).toEqual([]);
}

/** Nothing stands beside the screen, and no word is cut off by a box around it. */
async function expectEverythingFits(page: Page, where: string): Promise<void> {
  const misfits = await page.evaluate(() => {
    const excess = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const cut: string[] = [];
    for (let text = texts.nextNode(); text; text = texts.nextNode())
      if (isCut(text)) cut.push(`cut off: “${text.textContent}”`);
    return [...(excess > 0 ? [`the page is ${excess} px too wide`] : []), ...cut];

    function isCut(text: Node): boolean {
      const range = document.createRange();
      range.selectNodeContents(text);
      const { width, right, left } = range.getBoundingClientRect();
      for (let box = text.parentElement; width > 0 && box; box = box.parentElement) {
        const edges = box.getBoundingClientRect();
        // Words for screen readers alone stand in a box of one pixel.
        if (edges.width <= 1) return false;
        if (getComputedStyle(box).overflowX === "visible") continue;
        if (right > edges.right + 1 || left < edges.left - 1) return true;
      }
      return false;
    }
  });
  expect(misfits, where).toEqual([]);
}

/** Doubles the letters alone, as browsers do for those who ask for larger text. */
async function doubleText(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
}

/** Looks for what keeps people out of a page: what axe finds, and what does not fit on a small or enlarged screen. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./fixtures.ts";
import { settle } from "./states/all.ts";

/** WCAG 2.2, levels A and AA. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function expectNoBarrier(page: Page, where: string): Promise<void> {
  // A colour in the middle of its change would be measured as a colour of the page.
  await settle(page);
  const { violations } = await new AxeBuilder({ page })
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
export async function expectEverythingFits(page: Page, where: string): Promise<void> {
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
export async function doubleText(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
}

/**
 * The table of every page and state that a person can see, with the words by which it is known in both languages. Two
 * read it: access.spec.ts, which looks for barriers, and screens/screens.ts, which makes pictures. Sign-in with a
 * provider has a web process of its own, and its states stand in provider.ts.
 */
import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";
import { CLAIM } from "./claim.ts";
import { EVENT } from "./event.ts";
import { HOME } from "./home.ts";
import { SITE } from "./site.ts";
import type { Language, Scene, State } from "./state.ts";
import { USE } from "./use.ts";
import { WALLET } from "./wallet.ts";

export const STATES: readonly State[] = [...HOME, ...EVENT, ...CLAIM, ...WALLET, ...USE, ...SITE];

/** Goes there, and returns when the state's words are on the page and nothing on it is in the middle of a change. */
export async function enter(state: State, scene: Scene, language: Language): Promise<void> {
  await state.reach(scene);
  await expect(scene.page.getByText(state.sees[language]).filter({ visible: true }).first()).toBeVisible();
  await settle(scene.page);
}

/** Brings what moves and fades to its end, but for what never ends. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    for (const each of document.getAnimations())
      if (each.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY) each.finish();
  });
}

/** Ends the changes to answers: one that is on its way would be an error of the page that closes. */
export async function leave(page: Page): Promise<void> {
  await page.unrouteAll({ behavior: "ignoreErrors" });
}

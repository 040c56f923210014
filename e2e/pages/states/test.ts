/** The test of a state: with the stage and the browser context that all states of a worker of the test runner share. */
import type { BrowserContext } from "@playwright/test";
import { test as base, watchConsole } from "../fixtures.ts";
import { createStage, type Stage } from "./stage.ts";

export { expect } from "../fixtures.ts";

type Shared = { stage: Stage; sharedContext: BrowserContext };

export const test = base.extend<object, Shared>({
  stage: [
    async ({ browser }, use) => {
      const { BASE_URL: baseURL } = process.env;
      await use(createStage(() => browser.newPage(baseURL === undefined ? {} : { baseURL })));
    },
    { scope: "worker" },
  ],
  sharedContext: [
    async ({ browser }, use, { project }) => {
      const { BASE_URL: baseURL = "" } = process.env;
      const { viewport, hasTouch, isMobile, locale, timezoneId } = project.use;
      const screen = {
        ...(viewport && { viewport }),
        ...(hasTouch && { hasTouch }),
        ...(isMobile && { isMobile }),
      };
      await using context = await browser.newContext({
        ...{ baseURL, ...screen, ...(locale && { locale }), ...(timezoneId && { timezoneId }) },
        // Colours are looked at when they have settled.
        reducedMotion: "reduce",
      });
      await use(context);
    },
    { scope: "worker" },
  ],
  /** Each state has a new page, in a context that has our scripts already: one for each would double the CPU of opening it. */
  context: async ({ sharedContext }, use) => {
    const expectNoProblem = watchConsole(sharedContext);
    await use(sharedContext);
    await makeNew(sharedContext);
    expectNoProblem();
  },
});

/** Nothing of a state stays for the next one: our pages keep things in cookies alone. */
async function makeNew(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) await page.close();
  await context.clearCookies();
  await context.clearPermissions();
  await context.setOffline(false);
}

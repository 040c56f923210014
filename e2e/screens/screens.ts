/** Goes to every state in both languages, and takes its picture on each screen, light and dark. */
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { startShop } from "../pages/provider-shop.ts";
import { enter, leave, STATES, settle } from "../pages/states/all.ts";
import { PROVIDER } from "../pages/states/provider.ts";
import type { Language, Scene, State } from "../pages/states/state.ts";
import { test } from "../pages/states/test.ts";
import { fileOf, LANGUAGES, SCHEMES, SCREEN_NAMES, SCREENS, SCREENS_DIR } from "./shots.ts";

test.describe.configure({ mode: "parallel" });

for (const language of LANGUAGES)
  for (const state of STATES)
    test(titleOf(state, language), async ({ browser, baseURL, stage, user }) => {
      await using page = await openPage(browser, baseURL ?? "", language);
      await takePictures(state, { page, stage, user }, language);
    });

test.describe("sign-in with a provider", () => {
  test.describe.configure({ mode: "default" });
  const cleanUp = new AsyncDisposableStack();
  let shop: string;
  test.beforeAll(async () => {
    ({ shop } = await startShop(cleanUp));
  });
  test.afterAll(() => cleanUp.disposeAsync());

  for (const language of LANGUAGES)
    for (const state of PROVIDER)
      test(titleOf(state, language), async ({ browser, stage, user }) => {
        await using page = await openPage(browser, shop, language);
        await takePictures(state, { page, stage, user }, language);
      });
});

function titleOf(state: State, language: Language): string {
  return `${state.name} in ${language}`;
}

function openPage(browser: Browser, baseURL: string, language: Language) {
  return browser.newPage({
    baseURL,
    locale: language === "ko" ? "ko-KR" : "en-US",
    // What moves is taken when it has come to rest.
    reducedMotion: "reduce",
    viewport: SCREENS.phone,
  });
}

async function takePictures(state: State, scene: Scene, language: Language): Promise<void> {
  const { page } = scene;
  await enter(state, scene, language);
  // A pointer that rests on a button would colour it.
  await page.mouse.move(0, 0);
  for (const screen of SCREEN_NAMES) {
    await page.setViewportSize(SCREENS[screen]);
    for (const scheme of SCHEMES) {
      await page.emulateMedia({ colorScheme: scheme });
      await settle(page);
      await page.screenshot({
        path: join(SCREENS_DIR, fileOf({ state: state.name, screen, language, scheme })),
      });
    }
  }
  await leave(page);
}

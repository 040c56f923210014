/** Every state of every page is open to everybody: WCAG 2.2 AA as far as axe can see, at every size of screen and text. */
import { doubleText, expectEverythingFits, expectNoBarrier } from "./barriers.ts";
import { canStartShop, startShop } from "./provider-shop.ts";
import { enter, leave, STATES } from "./states/all.ts";
import { PROVIDER } from "./states/provider.ts";
import type { Scene, State } from "./states/state.ts";
import { test } from "./states/test.ts";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const NARROWEST = { width: 320, height: 640 };

// Colours are looked at when they have settled.
test.use({ contextOptions: { reducedMotion: "reduce" } });
test.describe.configure({ mode: "parallel" });

for (const state of STATES)
  test(titleOf(state), async ({ page, browser, baseURL, stage, user }) => {
    if (!state.noisy) return await expectOpenToAll(state, { page, stage, user });
    // The usual page fails a test for what stands in its console; here that is part of the state.
    await using own = await browser.newPage({ baseURL: baseURL ?? "", locale: "ko-KR" });
    await expectOpenToAll(state, { page: own, stage, user });
  });

test.describe("sign-in with a provider", () => {
  test.describe.configure({ mode: "default" });
  const cleanUp = new AsyncDisposableStack();
  let shop: string;
  test.beforeAll(async () => {
    test.skip(!canStartShop(), "a product that runs elsewhere has the sign-in that it has");
    ({ shop } = await startShop(cleanUp));
  });
  test.afterAll(() => cleanUp.disposeAsync());

  for (const state of PROVIDER)
    test(titleOf(state), async ({ browser, stage, user }) => {
      await using page = await browser.newPage({ baseURL: shop, locale: "ko-KR" });
      await expectOpenToAll(state, { page, stage, user });
    });
});

function titleOf(state: State): string {
  return `no barrier, and nothing cut off: ${state.name}`;
}

async function expectOpenToAll(state: State, scene: Scene): Promise<void> {
  const { page } = scene;
  await page.setViewportSize(PHONE);
  await enter(state, scene, "ko");
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
  await leave(page);
}

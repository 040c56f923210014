/** Every state of every page is open to everybody: WCAG 2.2 AA as far as axe can see, at every size of screen and text. */
import { expectOpenToAll, lookAway, lookFromAllSides, titleOf } from "./barriers.ts";
import { BARRIERS, plant } from "./planted.ts";
import { STATES } from "./states/all.ts";
import { expect, test } from "./states/test.ts";

// What is found says where and why; to record every state would cost a fifth of the CPU again.
test.use({ trace: "off" });

test("a planted barrier of each kind is found, also one that only one layout has", async ({ page }) => {
  await page.goto("/sign-in");
  await lookFromAllSides(page);
  for (const barrier of BARRIERS) {
    await lookAway(page);
    await plant(page, barrier);
    await expect(lookFromAllSides(page), barrier.what).rejects.toThrow(barrier.found);
  }
});

for (const state of STATES)
  test(titleOf(state), async ({ page, browser, baseURL, stage, user }) => {
    if (!state.noisy) return await expectOpenToAll(state, { page, stage, user });
    // The usual page fails a test for what stands in its console; here that is part of the state.
    await using own = await browser.newPage({
      baseURL: baseURL ?? "",
      locale: "ko-KR",
      reducedMotion: "reduce",
    });
    await expectOpenToAll(state, { page: own, stage, user });
  });

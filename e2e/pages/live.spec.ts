/** Live numbers: what others do shows by itself, also where a browser cannot listen. */
import { expect, test } from "./fixtures.ts";

const LIVE = /\/api\/trpc\/event\.live/;
const GET = /\/api\/trpc\/event\.get/;

test("what others claim shows within a second, without a reload and without asking", async ({
  page,
  openEvent,
  claimElsewhere,
  user,
}) => {
  const listening = page.waitForResponse(LIVE);
  const event = await openEvent();
  expect((await listening).status()).toBe(200);
  await expect(page.getByText("10장 중 10장 남음")).toBeVisible();
  // From here on the page could only ask in vain.
  await page.route(GET, (route) => route.abort());
  for (const left of [9, 8]) {
    await claimElsewhere(`${user}-${left}`, event.id);
    await expect(page.getByText(`10장 중 ${left}장 남음`)).toBeVisible({ timeout: 2_000 });
  }
});

test("a page that finds no room to listen asks instead, and says nothing of it", async ({
  page,
  openEvent,
  claimElsewhere,
  user,
}) => {
  await page.route(LIVE, (route) => route.fulfill({ status: 429, json: {} }));
  const event = await openEvent();
  await expect(page.getByText("10장 중 10장 남음")).toBeVisible();
  await claimElsewhere(`${user}-other`, event.id);
  await expect(page.getByText("10장 중 9장 남음")).toBeVisible({ timeout: 5_000 });
  await expect(page.getByRole("status").getByText("연결")).toHaveCount(0);
});

test("an answer that was long on its way does not turn the number back", async ({
  page,
  openEvent,
  claimElsewhere,
  user,
}) => {
  let old: string | undefined;
  await page.route(GET, async (route) => {
    const response = await route.fetch();
    old ??= await response.text();
    await route.fulfill({ response, body: old });
  });
  const event = await openEvent();
  await claimElsewhere(`${user}-other`, event.id);
  await expect(page.getByText("10장 중 9장 남음")).toBeVisible();
  // Whoever comes back to the page asks at once.
  const answered = page.waitForResponse(GET);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await answered;
  await expect(page.getByText("10장 중 9장 남음")).toBeVisible();
  await expect(page.getByText("10장 중 10장 남음")).toHaveCount(0);
});

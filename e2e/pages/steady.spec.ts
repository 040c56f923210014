/** What a shopper sees before the page is alive, and that nothing moves under the finger once it is. */
import type { Page } from "@playwright/test";
import { claimButton, expect, test } from "./fixtures.ts";

/** "Good" is 0.1; a page with one button can do better. */
const LAYOUT_SHIFT_MAX = 0.02;

/** Adds up what browsers call layout shift, from the first byte of every page on. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const shifts = { sum: 0 };
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[])
        if (!entry.hadRecentInput) shifts.sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  return () => page.evaluate(() => (window as unknown as { shifts: { sum: number } }).shifts.sum);
}

test("nothing moves while the page loads and when the event opens", async ({
  page,
  createEvent,
  signIn,
  user,
}) => {
  const event = await createEvent({ "opens-at": "+8s" });
  const shifts = await watchShifts(page);
  await signIn(user, "/");
  await page.goto(`/events/${event.id}`);
  await expect(page.getByRole("timer")).toContainText(/\d초/);
  expect(await shifts()).toBeLessThan(LAYOUT_SHIFT_MAX);
  await expect(claimButton(page)).toBeEnabled();
  expect(await shifts()).toBeLessThan(LAYOUT_SHIFT_MAX);
  await claimButton(page).click();
  await expect(page.getByText("쿠폰함에 담겼어요")).toBeVisible();
  expect(await shifts()).toBeLessThan(LAYOUT_SHIFT_MAX);
  await page.reload();
  await expect(page.getByText("쿠폰함에 담겼어요")).toBeVisible();
  expect(await shifts()).toBeLessThan(LAYOUT_SHIFT_MAX);
  // A phone's browser widens the page for good when anything sticks out, be it in an animation.
  expect(await page.evaluate(() => window.innerWidth)).toBe(page.viewportSize()?.width);
});

test("nothing moves on the list while it loads", async ({ page, createEvent }) => {
  const event = await createEvent({ "opens-at": "+2h" });
  // A web process reads the events every second.
  await expect.poll(async () => (await page.request.get("/")).text()).toContain(event.displayName);
  const shifts = await watchShifts(page);
  await page.route(/\/api\/trpc\/event\.list/, async (route) => {
    // Other tests create events at the same time. One more of them is news, and may take its place.
    const response = await route.fetch();
    const list = await response.json();
    const shown = await page
      .locator("a[href^='/events/']")
      .evaluateAll((links) => links.map((link) => Number(link.getAttribute("href")?.split("/").at(-1))));
    list.result.data.items = list.result.data.items.filter(({ id }: { id: number }) => shown.includes(id));
    await route.fulfill({ response, json: list });
  });
  await page.goto("/");
  await expect(page.getByText(/1시간 \d+분 남았어요/).first()).toBeVisible();
  expect(await shifts()).toBeLessThan(LAYOUT_SHIFT_MAX);
});

test("the narrowest phone needs no sideways scrolling", async ({ page, createEvent }) => {
  const event = await createEvent({
    name: "아주긴이름이라도줄이바뀌어야하는쿠폰".repeat(3),
    "opens-at": "+20d",
  });
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of ["/", `/events/${event.id}`, "/sign-in", "/nothing"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(excess, path).toBeLessThanOrEqual(0);
  }
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("the HTML alone says what there is, when it opens, and what the button waits for", async ({
    page,
    createEvent,
  }) => {
    const event = await createEvent({
      "opens-at": "2031-07-01T11:00:00Z",
      "expires-at": "2031-09-01T00:00:00Z",
      "discount-amount": 7000,
    });
    await page.goto(`/events/${event.id}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(event.displayName);
    await expect(page.getByText("7,000원 할인")).toBeVisible();
    await expect(page.getByText("7월 1일 (화) 오후 8:00 GMT+9에 열려요")).toBeVisible();
    await expect(page.getByRole("button", { name: "페이지를 준비하는 중…" })).toBeVisible();
    await expect(claimButton(page)).toHaveCount(0);
    // This browser leaves <noscript> out even so.
    expect(await (await page.request.get(page.url())).text()).toMatch(
      /<noscript>[^<]*자바스크립트를 켜 주세요/,
    );
  });
});

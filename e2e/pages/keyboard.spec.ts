/** Without a mouse, without eyes, without motion: the whole way of a coupon, and where the focus goes when its place is gone. */
import type { Locator, Page } from "@playwright/test";
import { claimButton, expect, test } from "./fixtures.ts";
import { ticket } from "./ticket.ts";

/** More stops than any of our pages has before its main thing. */
const STOPS_MAX = 25;

/** Goes on by the tab key, and sees at each stop that the focus can be seen. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    await page.keyboard.press("Tab");
    await expectVisibleFocus(page);
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${STOPS_MAX} times tab did not lead to ${wanted}`);
}

async function expectVisibleFocus(page: Page): Promise<void> {
  const focus = await page.evaluate(() => {
    const element = document.activeElement;
    // Beyond the last stop the browser's own bar has it.
    if (!element || element === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return { html: element.outerHTML.slice(0, 120), outlineStyle, width: Number.parseFloat(outlineWidth) };
  });
  if (!focus) return;
  expect(focus.outlineStyle, focus.html).not.toBe("none");
  expect(focus.width, focus.html).toBeGreaterThanOrEqual(2);
}

/** Whoever uses a keyboard would have to begin at the top of the page again. */
async function expectFocusKept(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
}

test("a shopper without a mouse signs in, claims, and uses the coupon", async ({
  page,
  createEvent,
  user,
}) => {
  const event = await createEvent();
  await page.goto(`/events/${event.id}`);
  await expect(claimButton(page)).toBeEnabled();
  await tabTo(page, page.getByRole("link", { name: "본문으로 건너뛰기" }));
  await page.keyboard.press("Enter");
  await tabTo(page, claimButton(page));
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL(/\/sign-in/);
  await tabTo(page, page.getByLabel("아이디"));
  await page.keyboard.type(user);
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL(`/events/${event.id}`);
  await expect(claimButton(page)).toBeEnabled();
  await tabTo(page, claimButton(page));
  await page.keyboard.press("Enter");
  await expect(page.getByText("쿠폰을 받았어요")).toBeFocused();
  await tabTo(page, page.getByRole("link", { name: "내 쿠폰 보기" }));
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL("/coupons");
  await tabTo(page, ticket(page, event).getByRole("button", { name: "사용하기" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "사용 확정" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "사용했어요." })).toBeFocused();
  await tabTo(page, page.getByRole("button", { name: "닫기" }));
  await page.keyboard.press("Enter");
  await expect(ticket(page, event)).toContainText("사용 완료");
  await expectFocusKept(page);
});

test("the focus is not lost when the button under it goes because the event ends", async ({
  page,
  setEvent,
  openEvent,
}) => {
  const event = await openEvent();
  await expect(claimButton(page)).toBeEnabled();
  await claimButton(page).focus();
  await setEvent(event.id, { status: "closed" });
  await expect(page.getByText("이벤트가 끝났어요")).toBeVisible();
  await expectFocusKept(page);
});

test("the focus is not lost when a list that could not be loaded is there at last", async ({
  wonEvent,
  page,
  signIn,
  user,
}) => {
  const event = await wonEvent();
  await page.route(/coupon\.mine/, (route) => route.abort("connectionreset"));
  await signIn(user, "/coupons");
  const again = page.getByRole("button", { name: "다시 시도" });
  await again.focus();
  await page.unroute(/coupon\.mine/);
  await page.keyboard.press("Enter");
  await expect(ticket(page, event)).toBeVisible();
  await expectFocusKept(page);
});

test("the focus is not lost when somebody signs out", async ({ page, signIn, user }) => {
  await signIn(user, "/");
  const signOut = page.getByRole("button", { name: "로그아웃" });
  await signOut.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "로그인" })).toBeVisible();
  await expectFocusKept(page);
});

test("whoever listens hears the last seconds, the opening, and how the claim went", async ({
  page,
  openEvent,
}) => {
  await page.addInitScript(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    new MutationObserver(() => {
      for (const region of document.querySelectorAll("[aria-live=polite], [role=status]")) {
        const text = region.textContent?.trim();
        if (text && !heard.includes(text)) heard.push(text);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.join("\n"));
  await openEvent({ "opens-at": "+14s" });
  await expect.poll(heard, { timeout: 25_000 }).toContain("오픈까지 10초 남았어요.");
  await expect.poll(heard, { timeout: 25_000 }).toContain("열렸어요. 지금 쿠폰을 받을 수 있어요.");
  await claimButton(page).click();
  await expect.poll(heard).toMatch(/쿠폰을 받았어요.*10명 중 1번째/);
  await expect.poll(heard).toContain("쿠폰함에 담겼어요");
});

test.describe("for whom motion is too much", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("a win stands still: no paper flies, nothing goes on turning", async ({ page, openEvent }) => {
    await openEvent();
    await page.route(/coupon\.mine/, () => {});
    await claimButton(page).click();
    await expect(page.getByText("쿠폰함에 기록하는 중")).toBeVisible();
    await expect(page.locator(".confetti")).toBeHidden();
    const moving = () => document.getAnimations().filter(({ playState }) => playState === "running").length;
    await expect.poll(() => page.evaluate(moving)).toBe(0);
  });
});

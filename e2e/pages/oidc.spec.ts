/**
 * Sign-in with an OpenID Connect provider, in a browser: a second web process of the same product, whose people a
 * real provider implementation on this machine vouches for.
 */
import type { Page } from "@playwright/test";
import { expectOpenToAll, titleOf } from "./barriers.ts";
import { claimButton, expect, test } from "./fixtures.ts";
import { canStartShop, startShop } from "./provider-shop.ts";
import { PROVIDER } from "./states/provider.ts";
import { createStage } from "./states/stage.ts";

const OUR_MACHINE = /^https?:\/\/(localhost|127\.0\.0\.1)[:/]/;

// One after the other: the web process and the provider are started once.
test.describe.configure({ mode: "default" });

const cleanUp = new AsyncDisposableStack();
let shop: string;
let issuer: string;

test.beforeAll(async () => {
  test.skip(!canStartShop(), "a product that runs elsewhere has the sign-in that it has");
  ({ shop, issuer } = await startShop(cleanUp));
});
test.afterAll(() => cleanUp.disposeAsync());

// The provider's own pages ask another site for a font.
test.beforeEach(({ context }) =>
  context.route(
    (url) => !OUR_MACHINE.test(url.href),
    (route) => route.abort(),
  ),
);

/** The provider's two pages: who are you, and may the shop know it. */
async function signInAtProvider(page: Page, login: string): Promise<void> {
  await page.getByRole("link", { name: "로그인하러 가기" }).click();
  await expect(page).toHaveURL(new RegExp(`^${issuer}/interaction/`));
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("a shopper signs in on the way to a coupon, gets it, and signs out", async ({
  page,
  createEvent,
  user,
}) => {
  const event = await createEvent();
  await page.goto(`${shop}/sign-in?next=/events/${event.id}`);
  await signInAtProvider(page, user);
  await expect(page).toHaveURL(`${shop}/events/${event.id}`);
  await expect(page.getByText(`${user} 님`, { exact: true }).first()).toBeAttached();

  await claimButton(page).click();
  await expect(page.getByText("쿠폰함에 담겼어요")).toBeVisible();
  await page.goto(`${shop}/coupons`);
  await expect(page.getByText(event.displayName)).toBeVisible();

  await page.getByRole("button", { name: "로그아웃" }).click();
  await page.reload();
  await expect(page.getByText("쿠폰함을 보려면 로그인해 주세요.")).toBeVisible();
});

test("somebody who says no at the provider reads so, and can try again or go back", async ({ page }) => {
  await page.goto(`${shop}/sign-in?next=/coupons`);
  await page.getByRole("link", { name: "로그인하러 가기" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "로그인을 취소했어요" })).toBeVisible();
  await expect(page.getByRole("link", { name: "다시 로그인하기" })).toBeVisible();
  await page.getByRole("link", { name: "로그인하지 않고 돌아가기" }).click();
  await expect(page).toHaveURL(`${shop}/coupons`);
});

test("the sign-in page has words for each problem, and none for what is no problem", async ({ page }) => {
  for (const problem of [
    "cancelled",
    "expired",
    "unreachable",
    "unusable",
    "refused",
    "unverified",
    "busy",
  ]) {
    await page.goto(`${shop}/sign-in?problem=${problem}`);
    await expect(page.getByRole("main").getByRole("alert")).toContainText(/요\.$/);
  }
  for (const nothing of ["constructor", "<b>hello</b>", "cancelled&problem=busy"]) {
    await page.goto(`${shop}/sign-in?problem=${nothing}`);
    await expect(page.getByRole("link", { name: "로그인하러 가기" })).toBeVisible();
    await expect(page.getByRole("main").getByRole("alert")).toBeHidden();
  }
});

test("the sign-in page offers no other way in, and leads to no other site", async ({ page }) => {
  await page.goto(`${shop}/sign-in?next=//evil.example`);
  await expect(page.getByLabel("아이디")).toBeHidden();
  for (const link of await page.getByRole("main").getByRole("link").all())
    expect(new URL((await link.getAttribute("href")) ?? "", shop).origin).toBe(shop);
});

for (const state of PROVIDER)
  test(titleOf(state), async ({ browser, user }) => {
    const newPage = () => browser.newPage({ baseURL: shop, locale: "ko-KR", reducedMotion: "reduce" });
    await using page = await newPage();
    await expectOpenToAll(state, { page, stage: createStage(newPage), user });
  });

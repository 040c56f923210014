/** The list of coupons in each of its states, its filters and its pages. */
import type { Locator, Page, Route } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { CODE, ticket } from "./ticket.ts";

const MINE = /\/api\/trpc\/coupon\.mine/;

type CouponView = { id: number; state: string };
type WalletPage = { items: CouponView[]; nextCursor: string | null; counts?: Record<string, number> };

const filterLink = (page: Page, name: string): Locator =>
  page.getByRole("navigation", { name: "쿠폰 상태로 골라 보기" }).getByRole("link", { name });

/** Answers the list as the product does, after a change. */
async function changed(route: Route, change: (wallet: WalletPage) => WalletPage): Promise<void> {
  const response = await route.fetch();
  const { result } = (await response.json()) as { result: { data: WalletPage } };
  await route.fulfill({ response, json: { result: { data: change(result.data) } } });
}

test("a coupon that is being issued turns usable by itself", async ({ wonEvent, page, signIn, user }) => {
  const event = await wonEvent();
  await page.route(MINE, (route) =>
    changed(route, (wallet) => ({
      ...wallet,
      items: wallet.items.map((coupon) => ({ ...coupon, id: null, code: null, state: "issuing" }) as never),
      counts: { usable: 0, used: 0, expired: 0, issuing: 1 },
    })),
  );
  await signIn(user, "/coupons");
  const coupon = ticket(page, event);
  await expect(coupon).toContainText("발급 중");
  await expect(coupon).toContainText("코드를 준비하고 있어요");
  await expect(coupon.getByRole("button")).toBeHidden();
  await page.unroute(MINE);
  await expect(coupon).toContainText("사용 가능");
  await expect(coupon).toContainText(CODE);
});

test("an expired coupon is listed as such and cannot be used", async ({ openWallet, page }) => {
  const event = await openWallet({ "closes-at": "+5s", "expires-at": "+5s" }, "/coupons?state=expired");
  const coupon = ticket(page, event);
  await expect(async () => {
    await page.reload();
    await expect(coupon).toContainText("만료", { timeout: 2_000 });
  }).toPass();
  await expect(coupon.getByRole("button")).toBeHidden();
});

test("filters show coupons in one state, and the address keeps the filter through reload and back", async ({
  page,
  createEvent,
  claimElsewhere,
  signIn,
  user,
}) => {
  const [usable, used] = [await createEvent(), await createEvent()];
  for (const event of [usable, used]) await claimElsewhere(user, event.id);
  await signIn(user, "/coupons");
  await expect(page.getByRole("article")).toHaveCount(2);
  await useCoupon(page, ticket(page, used));
  await expect(filterLink(page, "사용 완료")).toHaveText("사용 완료1");
  await expect(filterLink(page, "사용 가능")).toHaveText("사용 가능1");

  // By keyboard alone: the next link, and the one after it.
  await filterLink(page, "전체").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/coupons?state=usable");
  await expect(filterLink(page, "사용 가능")).toHaveAttribute("aria-current", "page");
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(ticket(page, usable)).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "사용 가능 1장" })).toBeVisible();

  await filterLink(page, "사용 완료").click();
  await expect(ticket(page, used)).toContainText("사용한 시각");
  await page.reload();
  await expect(ticket(page, used)).toBeVisible();
  await expect(page.getByRole("article")).toHaveCount(1);
  await page.goBack();
  await expect(page).toHaveURL("/coupons?state=usable");
  await expect(ticket(page, usable)).toBeVisible();

  await filterLink(page, "만료").click();
  await expect(page.getByText("만료된 쿠폰이 없어요.")).toBeVisible();
  await page.getByRole("link", { name: "전체 쿠폰 보기" }).click();
  await expect(page.getByRole("article")).toHaveCount(2);
});

test("an empty list and one that cannot be loaded each say what to do", async ({ page, signIn, user }) => {
  await signIn(user, "/coupons");
  await expect(page.getByRole("link", { name: "이벤트 둘러보기" })).toBeVisible();
  await page.route(MINE, (route) => route.abort("connectionreset"));
  await page.reload();
  await expect(page.getByRole("alert").filter({ hasText: "쿠폰을 불러오지 못했어요." })).toBeVisible();
  await page.unroute(MINE);
  await page.getByRole("button", { name: "다시 시도" }).click();
  await expect(page.getByText("아직 받은 쿠폰이 없어요.")).toBeVisible();
});

test("while the server cannot ask for the coupons, the page says later, and recovers by itself", async ({
  wonEvent,
  page,
  signIn,
  user,
}) => {
  const event = await wonEvent();
  await page.route(MINE, (route) =>
    route.fulfill({
      status: 503,
      json: {
        error: { message: "later", code: -32603, data: { code: "SERVICE_UNAVAILABLE", httpStatus: 503 } },
      },
    }),
  );
  await signIn(user, "/coupons");
  const words = page.getByRole("alert").filter({ hasText: "지금은 쿠폰함에 연결할 수 없어요." });
  await expect(words).toContainText("저절로 다시 시도하고 있어요.");
  await page.unroute(MINE);
  await expect(ticket(page, event)).toBeVisible();
  await expect(words).toBeHidden();
});

test("someone who is not signed in is led to sign in and back to the same list", async ({ page }) => {
  await page.goto("/coupons?state=used");
  await page.getByRole("main").getByRole("link", { name: "로그인" }).click();
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent("/coupons?state=used")}`);
});

test("more coupons than a page holds come one page after the other, and the focus goes to the first new one", async ({
  page,
  signIn,
  user,
}) => {
  const counts = { usable: 40, used: 0, expired: 0, issuing: 0 };
  await page.route(MINE, async (route) => {
    const isSecond = decodeURIComponent(route.request().url()).includes("c1-81");
    const items = couponViews(isSecond ? 80 : 100);
    const data = isSecond ? { items, nextCursor: null } : { items, nextCursor: "c1-81", counts };
    await route.fulfill({ json: { result: { data } } });
  });
  await signIn(user, "/coupons");
  await expect(page.getByRole("article")).toHaveCount(20);
  await page.getByRole("button", { name: "더 보기" }).click();
  await expect(page.getByRole("article")).toHaveCount(40);
  await expect(page.getByRole("article", { name: "쿠폰 80" })).toBeFocused();
  await expect(page.getByRole("button", { name: "더 보기" })).toBeHidden();
});

async function useCoupon(page: Page, coupon: Locator): Promise<void> {
  await coupon.getByRole("button", { name: "사용하기" }).click();
  await page.getByRole("button", { name: "사용 확정" }).click();
  await expect(page.getByRole("heading", { name: "사용했어요." })).toBeVisible();
  await page.getByRole("button", { name: "닫기" }).click();
}

/** Twenty coupons, the newest first. */
function couponViews(newest: number) {
  const at = "2030-01-01T00:00:00.000Z";
  return Array.from({ length: 20 }, (_, index) => ({
    ...{ id: newest - index, eventId: newest - index, displayName: `쿠폰 ${newest - index}`, rank: 1 },
    ...{ claimedAt: at, issuedAt: at, expiresAt: "2090-01-01T00:00:00.000Z", usedAt: null },
    discount: { type: "PERCENT", amount: 10 },
    code: "ACDE-FGHJ-KMNP",
    state: "usable",
  }));
}

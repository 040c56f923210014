/** The list of coupons in the states that a real product has to be asked for. */
import { expect, test } from "./fixtures.ts";

const MINE = /\/api\/trpc\/[^?]*coupon\.mine/;

test("a coupon that is being issued turns usable by itself", async ({
  page,
  createEvent,
  claimElsewhere,
  signIn,
  user,
}) => {
  const event = await createEvent();
  await claimElsewhere(user, event.id);
  await page.route(MINE, async (route) => {
    const response = await route.fetch();
    const body = JSON.stringify(await response.json()).replaceAll('"usable"', '"issuing"');
    await route.fulfill({ response, body });
  });
  await signIn(user, "/coupons");
  const coupon = page.getByRole("article").filter({ hasText: event.displayName });
  await expect(coupon).toContainText("발급 중");
  await expect(coupon.getByRole("button")).toBeHidden();
  await page.unroute(MINE);
  await expect(coupon).toContainText("사용 가능");
});

test("an expired coupon is listed as such and cannot be used", async ({
  page,
  createEvent,
  claimElsewhere,
  signIn,
  user,
}) => {
  const event = await createEvent({ "closes-at": "+5s", "expires-at": "+5s" });
  await claimElsewhere(user, event.id);
  await signIn(user, "/coupons");
  const coupon = page.getByRole("article").filter({ hasText: event.displayName });
  await expect(async () => {
    await page.reload();
    await expect(coupon).toContainText("만료", { timeout: 2_000 });
  }).toPass();
  await expect(coupon.getByRole("button")).toBeHidden();
});

test("a coupon that was used elsewhere says so instead of being used twice", async ({
  page,
  context,
  createEvent,
  claimElsewhere,
  signIn,
  user,
}) => {
  const event = await createEvent();
  await claimElsewhere(user, event.id);
  await signIn(user, "/coupons");
  const second = await context.newPage();
  await second.goto("/coupons");
  for (const tab of [page, second]) {
    const coupon = tab.getByRole("article").filter({ hasText: event.displayName });
    await expect(coupon).toContainText("사용 가능");
    await coupon.getByRole("button", { name: "사용하기" }).click();
  }
  await page.getByRole("button", { name: "사용 확정" }).click();
  await expect(page.getByText("사용했어요.")).toBeVisible();
  await second.getByRole("button", { name: "사용 확정" }).click();
  await expect(second.getByText("이미 사용한 쿠폰이에요.")).toBeVisible();
});

test("an empty list and a failing one each say what to do", async ({ page, signIn, user }) => {
  await signIn(user, "/coupons");
  await expect(page.getByRole("link", { name: "이벤트 둘러보기" })).toBeVisible();
  await page.route(MINE, (route) => route.abort("connectionreset"));
  await page.reload();
  await expect(page.getByText("쿠폰을 불러오지 못했어요.")).toBeVisible();
  await page.unroute(MINE);
  await page.getByRole("button", { name: "다시 시도" }).click();
  await expect(page.getByText("아직 받은 쿠폰이 없어요.")).toBeVisible();
});

test("more coupons than a page holds come one page after the other", async ({ page, signIn, user }) => {
  const page_ = (first: number, nextCursor: string | null) => ({
    items: Array.from({ length: 20 }, (_, index) => couponView(first - index)),
    nextCursor,
  });
  await page.route(MINE, async (route) => {
    const second = decodeURIComponent(route.request().url()).includes("c1-81");
    // The browser asks in a batch; its other calls are answered by the product.
    const response = await route.fetch();
    const calls = new URL(route.request().url()).pathname.split("/").at(-1)?.split(",") ?? [];
    const answers = (await response.json()) as unknown[];
    answers[calls.indexOf("coupon.mine")] = {
      result: { data: second ? page_(80, null) : page_(100, "c1-81") },
    };
    await route.fulfill({ response, status: 200, json: answers });
  });
  await signIn(user, "/coupons");
  await expect(page.getByRole("article")).toHaveCount(20);
  await page.getByRole("button", { name: "더 보기" }).click();
  await expect(page.getByRole("article")).toHaveCount(40);
  await expect(page.getByRole("button", { name: "더 보기" })).toBeHidden();
});

function couponView(id: number) {
  const at = "2030-01-01T00:00:00.000Z";
  return {
    id,
    eventId: id,
    displayName: `쿠폰 ${id}`,
    rank: 1,
    claimedAt: at,
    issuedAt: at,
    expiresAt: "2090-01-01T00:00:00.000Z",
    usedAt: null,
    discount: { type: "PERCENT", amount: 10 },
    state: "usable",
  };
}

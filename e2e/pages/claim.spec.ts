/** The main path, from sign-in to a used coupon, and everything that brings a claim back. */
import { claimButton, expect, signInOverHttp, test } from "./fixtures.ts";

test("a shopper signs in, waits for the opening, claims, and uses the coupon", async ({
  page,
  createEvent,
  signInByHand,
  user,
}) => {
  await signInByHand(user, "/");
  const event = await createEvent({ "opens-at": "+6s", "discount-amount": 3000 });
  await page.goto(`/events/${event.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(event.displayName);
  await expect(page.getByRole("timer")).toBeVisible();
  await expect(claimButton(page)).toBeDisabled();

  await expect(claimButton(page)).toBeEnabled();
  await claimButton(page).click();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await expect(page.locator("time").filter({ hasText: /\d\.\d{3}초/ })).toBeVisible();
  await expect(page.getByText("쿠폰함에 담겼어요")).toBeVisible();

  await page.getByRole("link", { name: "내 쿠폰 보기" }).click();
  const coupon = page.getByRole("article").filter({ hasText: event.displayName });
  await expect(coupon).toContainText("사용 가능");
  await expect(coupon).toContainText("3,000원 할인");
  await coupon.getByRole("button", { name: "사용하기" }).click();
  await page.getByRole("button", { name: "사용 확정" }).click();
  await expect(page.getByRole("dialog")).toContainText("사용했어요.");
  await page.getByRole("button", { name: "닫기" }).click();
  await expect(coupon).toContainText("사용 완료");
  await expect(coupon.getByRole("button", { name: "사용하기" })).toBeHidden();
  await page.reload();
  await expect(coupon).toContainText("사용 완료");
});

test("a claim comes back after a reload, in a second tab, and with the back button", async ({
  page,
  context,
  openEvent,
}) => {
  const event = await openEvent();
  const second = await context.newPage();
  await second.goto(`/events/${event.id}`);
  await expect(claimButton(second)).toBeEnabled();

  await claimButton(page).click();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await page.reload();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await expect(claimButton(page)).toBeHidden();

  await claimButton(second).click();
  await expect(second.getByText("이미 받은 쿠폰이에요")).toBeVisible();
  await expect(second.getByText("10명 중 1번째")).toBeVisible();

  await page.getByRole("link", { name: "내 쿠폰 보기" }).click();
  await expect(page).toHaveURL("/coupons");
  await page.goBack();
  await expect(page).toHaveTitle(/쿠폰 받음/);
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
});

test("a press without a session leads through sign-in and back to the event", async ({
  page,
  createEvent,
  user,
}) => {
  const event = await createEvent();
  await page.goto(`/events/${event.id}`);
  await claimButton(page).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel("아이디").fill(user);
  await page.getByRole("button", { name: "로그인하기" }).click();
  await expect(page).toHaveURL(`/events/${event.id}`);
  await claimButton(page).click();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
});

test("a window that still shows the one who was signed in before claims for nobody", async ({
  page,
  openEvent,
  user,
}) => {
  const event = await openEvent();
  await expect(claimButton(page)).toBeEnabled();
  const other = `${user}-other`;
  await signInOverHttp(page, other);
  await claimButton(page).click();
  await expect(page.getByText(`${other} 님으로 로그인함`)).toBeAttached();
  await expect(claimButton(page)).toBeEnabled();
  const status = await page
    .context()
    .request.get(
      `/api/trpc/coupon.claimStatus?input=${encodeURIComponent(JSON.stringify({ eventId: event.id }))}`,
    );
  expect((await status.json()).result.data).toEqual({ status: "none" });
});

test("the countdown follows the server, whatever the device's clock says", async ({ page, createEvent }) => {
  const event = await createEvent({ "opens-at": "+30m" });
  await page.addInitScript(() => {
    const RealDate = Date;
    const wrongBy = 10 * 60_000;
    globalThis.Date = class extends RealDate {
      constructor(...given: []) {
        super(...(given.length > 0 ? given : ([RealDate.now() + wrongBy] as unknown as [])));
      }
      static override now() {
        return RealDate.now() + wrongBy;
      }
    } as DateConstructor;
  });
  await page.goto(`/events/${event.id}`);
  await expect(page.getByRole("timer")).toContainText(/00시간(29|30)분/);
  await expect(claimButton(page)).toBeDisabled();
});

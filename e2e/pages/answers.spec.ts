/** The answers that are not a coupon: each has its words and a next step, and none costs a place. */
import { claimButton, expect, test } from "./fixtures.ts";

const CLAIM = "**/api/trpc/coupon.claim";
const CLAIM_STATUS = /\/api\/trpc\/[^?]*coupon\.claimStatus/;

test("who comes too late is told so, kindly, and a later look says the same", async ({
  page,
  claimElsewhere,
  user,
  openEvent,
}) => {
  const event = await openEvent({ limit: 1 });
  await expect(claimButton(page)).toBeEnabled();
  expect((await claimElsewhere(`${user}-first`, event.id)).rank).toBe(1);
  // The page may notice before the finger does: both ways end with the same words.
  await claimButton(page)
    .click({ timeout: 3_000 })
    .catch(() => {});
  await expect(page.getByText("아쉽지만 마감됐어요")).toBeVisible();
  await expect(page.getByText("준비한 1장이 모두 주인을 찾았어요")).toBeVisible();
  await expect(page.getByRole("link", { name: "다른 이벤트 보기" })).toBeVisible();
  await expect(page.getByText("1장 중 0장 남음")).toBeVisible();
  await page.reload();
  await expect(page.getByText("아쉽지만 마감됐어요")).toBeVisible();
});

test("who came too late sees what else is open", async ({ page, createEvent, claimElsewhere, user }) => {
  const gone = await createEvent({ limit: 1 });
  const open = await createEvent();
  await claimElsewhere(user, gone.id);
  await page.goto(`/events/${gone.id}`);
  await page.getByRole("link", { name: open.displayName }).click();
  await expect(page).toHaveURL(`/events/${open.id}`);
  await expect(page).toHaveTitle(`${open.displayName} · 진행 중 · 선착`);
});

test("when the operator adds stock, the button comes back to whoever was too late", async ({
  page,
  createEvent,
  setEvent,
  claimElsewhere,
  signIn,
  user,
}) => {
  const event = await createEvent({ limit: 1 });
  await claimElsewhere(`${user}-first`, event.id);
  await signIn(user, `/events/${event.id}`);
  await expect(page.getByText("아쉽지만 마감됐어요")).toBeVisible();
  await setEvent(event.id, { limit: 2 });
  await claimButton(page).click();
  await expect(page.getByText("2명 중 2번째")).toBeVisible();
});

test("a pause shows at once and ends by itself", async ({ page, setEvent, openEvent }) => {
  const event = await openEvent();
  await expect(claimButton(page)).toBeEnabled();
  await setEvent(event.id, { status: "paused" });
  await expect(page.getByText("잠시 멈춰 있어요")).toBeVisible();
  await setEvent(event.id, { status: "active" });
  await expect(claimButton(page)).toBeEnabled();
});

test("a closed event says so to everybody but its winners", async ({
  wonEvent,
  page,
  setEvent,
  signIn,
  user,
}) => {
  const event = await wonEvent();
  await setEvent(event.id, { status: "closed" });
  await page.goto(`/events/${event.id}`);
  await expect(page.getByText("이벤트가 끝났어요")).toBeVisible();
  await expect(page.getByText("10장 가운데 1장이 주인을 찾았어요")).toBeVisible();
  await expect(page.getByText("소진 시까지")).toBeHidden();
  await signIn(user, `/events/${event.id}`);
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
});

test("while nothing can be known, the page stays friendly and asks again by itself", async ({
  page,
  openEvent,
}) => {
  await openEvent();
  await page.route(CLAIM, (route) =>
    route.fulfill({ json: { result: { data: { status: "unavailable", retryAfterMs: 700 } } } }),
  );
  await claimButton(page).click();
  await expect(page.getByText("지금 많은 분이 몰렸어요")).toBeVisible();
  await page.unroute(CLAIM);
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await expect(page.getByText("쿠폰을 받았어요")).toBeVisible();
});

test("an answer that is lost on the way costs no place and no second press", async ({ page, openEvent }) => {
  await openEvent();
  await page.route(CLAIM, async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.route(CLAIM_STATUS, (route) => route.abort("connectionreset"));
  await claimButton(page).click();
  await expect(page.getByText("응답을 받지 못했어요")).toBeVisible();
  await page.unroute(CLAIM);
  await page.unroute(CLAIM_STATUS);
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await expect(page.getByText("쿠폰을 받았어요")).toBeVisible();
});

test("a lost connection is said, and what was pressed meanwhile goes through when it is back", async ({
  page,
  context,
  openEvent,
}) => {
  await openEvent();
  await expect(claimButton(page)).toBeEnabled();
  await context.setOffline(true);
  await expect(page.getByText("인터넷 연결이 끊겼어요")).toBeVisible();
  await claimButton(page).click();
  await expect(page.getByText("응답을 받지 못했어요")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await expect(page.getByText("인터넷 연결이 끊겼어요")).toBeHidden();
});

test("a page that comes back from the history or from sleep shows the present at once", async ({
  page,
  openEvent,
  setEvent,
}) => {
  const event = await openEvent({ "opens-at": "+1h" });
  await expect(page.getByRole("timer")).toBeVisible();
  // Nothing is asked or heard while nobody looks; the next look of a scheduled event would be many seconds away.
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await setEvent(event.id, { status: "closed" });
  await expect(page.getByRole("timer")).toBeVisible();
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  });
  await expect(page.getByText("이벤트가 끝났어요")).toBeVisible({ timeout: 3_000 });
});

test("a pending claim is decided on the page without another press", async ({ page, openEvent }) => {
  await openEvent();
  await page.route(CLAIM, async (route) => {
    await route.fetch();
    await route.fulfill({
      json: { result: { data: { status: "pending", since: new Date().toISOString() } } },
    });
  });
  await claimButton(page).click();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await expect(page.getByText("쿠폰을 받았어요")).toBeVisible();
});

test("a pending claim that turns out to hold no seat says: press again", async ({ page, openEvent }) => {
  await openEvent();
  await page.route(CLAIM, (route) =>
    route.fulfill({ json: { result: { data: { status: "pending", since: new Date().toISOString() } } } }),
  );
  await claimButton(page).click();
  await expect(page.getByText("자리가 확정되지 않았어요")).toBeVisible();
  await page.unroute(CLAIM);
  await claimButton(page).click();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
});

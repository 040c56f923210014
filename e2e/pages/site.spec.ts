/** What holds on every page: language, sign-in, missing pages, and what the HTML may contain. */
import { claimButton, expect, test } from "./fixtures.ts";

test("the language follows the browser, and the visitor's choice from then on", async ({
  page,
  createEvent,
}) => {
  const event = await createEvent();
  await page.goto(`/events/${event.id}`);
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("button", { name: "Get coupon", exact: true })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("link", { name: "My coupons" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("My coupons");
  await page.reload();
  await expect(page).toHaveTitle("My coupons · Sunchak");
});

test.describe("a browser that speaks English", () => {
  test.use({ locale: "en-US", timezoneId: "America/New_York" });

  test("sees English, and times in its own zone with the zone named", async ({ page, createEvent }) => {
    const event = await createEvent({
      "opens-at": "2031-07-01T12:00:00Z",
      "expires-at": "2031-09-01T00:00:00Z",
    });
    await page.goto(`/events/${event.id}`);
    await expect(page.getByText(/Jul 1, 2031, 8:00\sAM\sEDT/)).toBeVisible();
  });
});

test("sign-in leads to no other site", async ({ page, baseURL, user }) => {
  for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example"]) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel("아이디").fill(user);
    await page.getByRole("button", { name: "로그인하기" }).click();
    await expect(page).toHaveURL(`${baseURL}/`);
  }
});

test("a user id that nobody can have is refused with words", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("아이디").fill("아이디 with spaces");
  await page.getByRole("button", { name: "로그인하기" }).click();
  await expect(page.getByText("만 64자까지 쓸 수 있어요")).toBeVisible();
  await expect(page).toHaveURL("/sign-in");
});

test("a phone says who is signed in, and signing out leaves nothing of the visitor on the page", async ({
  wonEvent,
  page,
  signIn,
  user,
}) => {
  const event = await wonEvent();
  await signIn(user, `/events/${event.id}`);
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  const name = page.getByText(`${user} 님으로 로그인함`);
  await expect(name).toBeInViewport();
  expect((await name.boundingBox())?.width).toBeGreaterThan(100);
  await page.getByRole("button", { name: "로그아웃" }).click();
  await expect(name).toBeHidden();
  await expect(claimButton(page)).toBeVisible();
  await expect(page.getByText("10명 중 1번째")).toBeHidden();
  await page.goto("/coupons");
  await expect(page.getByText("쿠폰함을 보려면 로그인해 주세요.")).toBeVisible();
});

test("the HTML of a page is the same for everybody", async ({ page, user, openEvent }) => {
  const event = await openEvent();
  for (const path of ["/", `/events/${event.id}`, "/coupons"]) {
    const html = await (await page.request.get(path)).text();
    expect(html).toContain("</html>");
    expect(html).not.toContain(user);
  }
});

test.describe("an address that names no event", () => {
  for (const path of ["/events/2000000000", "/events/0", "/events/99999999999999", "/events/x", "/nothing"])
    test(`is not found: ${path}`, async ({ page }) => {
      const response = await page.goto(path);
      expect(response?.status()).toBe(404);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("찾는 페이지가 없어요");
    });
});

test("no page breaks its own security policy or logs an error", async ({ page, openEvent }) => {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  await openEvent();
  await claimButton(page).click();
  await expect(page.getByText("쿠폰함에 담겼어요")).toBeVisible();
  for (const path of ["/", "/coupons", "/sign-in"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  expect(problems).toEqual([]);
});

/** A coupon in its owner's hand: its code and QR, the question before it is used, and how the use went. */
import { expect, signInOverHttp, test } from "./fixtures.ts";
import { readQr } from "./qr.ts";
import { CODE, ticket } from "./ticket.ts";

test("a coupon that expires while its dialog is open says so in words", async ({ openWallet, page }) => {
  const event = await openWallet({ "closes-at": "+20s", "expires-at": "+20s" });
  await ticket(page, event).getByRole("button", { name: "사용하기" }).click();
  await expect
    .poll(async () => (await page.request.get("/api/trpc/coupon.mine")).text(), { timeout: 40_000 })
    .toContain('"state":"expired"');
  await page.getByRole("button", { name: "사용 확정" }).click();
  await expect(page.getByRole("heading", { name: "기간이 만료되어 사용할 수 없어요." })).toBeFocused();
  await expect(page.getByRole("dialog")).toContainText(/만료 시각: .+GMT\+9/);
  await page.getByRole("button", { name: "닫기" }).click();
  await expect(ticket(page, event)).toContainText("만료");
});

test("a coupon's code can be copied, and its QR carries it, also without a connection", async ({
  openWallet,
  page,
  context,
  baseURL,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: baseURL ?? "" });
  const event = await openWallet();
  const coupon = ticket(page, event);
  const code = (await coupon.locator("code").textContent()) ?? "";
  expect(code).toMatch(new RegExp(`^${CODE.source}$`));
  await coupon.getByRole("button", { name: "코드 복사" }).click();
  await expect(coupon.getByText("복사했어요")).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);

  await page.waitForLoadState("networkidle");
  await context.setOffline(true);
  await coupon.getByRole("button", { name: "사용하기" }).click();
  const qr = page.getByRole("img", { name: `쿠폰 코드 ${code} QR` });
  expect(await readQr(qr.locator("path"))).toBe(code);
});

test("the question before a use keeps the keyboard inside, and Escape leaves the coupon unused", async ({
  openWallet,
  page,
}) => {
  const event = await openWallet();
  const opener = ticket(page, event).getByRole("button", { name: "사용하기" });
  await opener.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "지금 사용할까요?" });
  await expect(dialog.getByRole("heading")).toBeFocused();
  await expect(dialog).toContainText("되돌릴 수 없어요");
  for (const name of ["코드 복사", "취소", "사용 확정"]) {
    await page.keyboard.press("Tab");
    await expect(dialog.getByRole("button", { name })).toBeFocused();
  }
  await page.keyboard.press("Tab");
  await expect(page.locator("main :focus").and(page.locator(":not(dialog *)"))).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await expect(ticket(page, event)).toContainText("사용 가능");
});

test("a coupon that was used elsewhere says so and when, instead of being used twice", async ({
  openWallet,
  page,
  context,
}) => {
  const event = await openWallet({}, "/coupons?state=usable");
  const second = await context.newPage();
  await second.goto("/coupons");
  for (const tab of [page, second]) {
    await ticket(tab, event).getByRole("button", { name: "사용하기" }).click();
    await expect(tab.getByRole("dialog")).toBeVisible();
  }
  await page.getByRole("button", { name: "사용 확정" }).click();
  await expect(page.getByRole("heading", { name: "사용했어요." })).toBeFocused();
  await expect(page.getByRole("dialog")).toContainText(/사용한 시각: .+GMT\+9/);
  await page.getByRole("button", { name: "닫기" }).click();
  await expect(page.getByText("지금 쓸 수 있는 쿠폰이 없어요.")).toBeVisible();

  await second.getByRole("button", { name: "사용 확정" }).click();
  await expect(second.getByRole("heading", { name: "이미 사용한 쿠폰이에요." })).toBeVisible();
  await expect(second.getByRole("dialog")).toContainText(/사용한 시각: .+GMT\+9/);
  await second.getByRole("button", { name: "닫기" }).click();
  await expect(ticket(second, event)).toContainText("사용 완료");
  await expect(ticket(second, event).getByRole("button")).toBeHidden();
});

test("a use whose answer was lost can be asked again, and says how it went", async ({ openWallet, page }) => {
  const event = await openWallet();
  await ticket(page, event).getByRole("button", { name: "사용하기" }).click();
  await page.route(/coupon\.use/, async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  const confirm = page.getByRole("button", { name: "사용 확정" });
  await confirm.click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("두 번 쓰이지는 않아요.");
  await page.unroute(/coupon\.use/);
  await confirm.click();
  await expect(page.getByRole("heading", { name: "이미 사용한 쿠폰이에요." })).toBeVisible();
});

test("a use whose answer was lost is looked for in the list when the dialog is left", async ({
  openWallet,
  page,
}) => {
  const event = await openWallet();
  await ticket(page, event).getByRole("button", { name: "사용하기" }).click();
  // Used only after the list was read again: whoever leaves has to look once more.
  let use = async () => {};
  await page.route(/coupon\.use/, async (route) => {
    use = async () => void (await route.fetch());
    await route.abort("connectionreset");
  });
  const read = page.waitForResponse(/coupon\.mine/);
  await page.getByRole("button", { name: "사용 확정" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("사용했는지 확인하지 못했어요.");
  await read;
  await use();
  await page.getByRole("button", { name: "취소" }).click();
  await expect(ticket(page, event)).toContainText("사용 완료");
});

test("a lost answer of the last coupon of a list keeps the dialog open until it is read", async ({
  openWallet,
  page,
}) => {
  await openWallet({}, "/coupons?state=usable");
  await page.getByRole("article").getByRole("button", { name: "사용하기" }).click();
  await page.route(/coupon\.use/, async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.getByRole("button", { name: "사용 확정" }).click();
  await expect(page.getByText("지금 쓸 수 있는 쿠폰이 없어요.")).toBeAttached();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("사용했는지 확인하지 못했어요.");
});

const lostSessions = [
  { what: "has ended", next: null, title: "로그인이 끝났어요." },
  { what: "is somebody else's by now", next: "somebody-else", title: "다른 아이디로 로그인되어 있어요." },
];
for (const { what, next, title } of lostSessions)
  test(`a use in a session that ${what} says that nothing was used, until it is read`, async ({
    openWallet,
    page,
    signIn,
    user,
  }) => {
    const event = await openWallet();
    await ticket(page, event).getByRole("button", { name: "사용하기" }).click();
    // The browser has one session for all its windows.
    if (next === null) await page.context().clearCookies();
    else await signInOverHttp(page, next);
    const asksWhoItIs = page.waitForResponse(/session\.me/);
    await page.getByRole("button", { name: "사용 확정" }).click();
    await asksWhoItIs;
    await expect(ticket(page, event)).toHaveCount(0);
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("heading", { name: title })).toBeFocused();
    await expect(dialog).toContainText("쿠폰은 사용되지 않았어요.");
    await expect(dialog.locator("code")).toHaveCount(0);
    await dialog.getByRole("button", { name: "닫기" }).click();
    await expect(dialog).toBeHidden();
    await signIn(user, "/coupons");
    await expect(ticket(page, event)).toContainText("사용 가능");
  });

/** What pages say while the gate is being rebuilt. One rebuild is seen by both: it takes longer than a lease, and nothing else goes on meanwhile. */
import type { Page } from "@playwright/test";
import { claimButton, expect, signInOverHttp, test, watchConsole } from "./fixtures.ts";

const PREPARING = "준비하고 있어요";
const SOLD_OUT = "아쉽지만 마감됐어요";

// A rebuild takes longer than the lease of the product under test (set-up.ts).
test.describe.configure({ timeout: 120_000 });

test("while the gate is rebuilt the page says preparing, never sold out, and then what is true; a winner keeps the receipt", async ({
  page,
  browser,
  baseURL,
  createEvent,
  rebuildGate,
  claimElsewhere,
  openEvent,
  user,
}) => {
  const soldOut = await createEvent({ limit: 1 });
  await claimElsewhere(`${user}-first`, soldOut.id);
  await using latecomers = await browser.newContext({ baseURL: baseURL ?? "", locale: "ko-KR" });
  const expectNoProblem = watchConsole(latecomers);
  const late = await latecomers.newPage();
  await signInOverHttp(late, `${user}-late`);
  await late.goto(`/events/${soldOut.id}`);
  await expect(late.getByText(SOLD_OUT).first()).toBeVisible();

  await openEvent();
  await claimButton(page).click();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();

  const rebuilt = rebuildGate();
  await Promise.all([whoCameTooLate(late, rebuilt), winner(page, rebuilt)]);
  expectNoProblem();
});

async function whoCameTooLate(page: Page, rebuilt: Promise<unknown>): Promise<void> {
  await expect(page.getByText(PREPARING)).toBeVisible();
  await expect(page.getByText(SOLD_OUT)).toHaveCount(0);
  await expect(claimButton(page)).toBeEnabled();
  await rebuilt;
  await expect(page.getByText(SOLD_OUT).first()).toBeVisible();
  await expect(page.getByText(PREPARING)).toHaveCount(0);
}

async function winner(page: Page, rebuilt: Promise<unknown>): Promise<void> {
  await expect(page.getByText("준비 중")).toBeVisible();
  await page.reload();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await rebuilt;
  await expect(page.getByText("10장 중 9장 남음")).toBeVisible();
}

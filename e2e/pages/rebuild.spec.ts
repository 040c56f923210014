/** What a page says while the gate is being rebuilt. */
import { claimButton, expect, test } from "./fixtures.ts";

const PREPARING = "준비하고 있어요";
const SOLD_OUT = "아쉽지만 마감됐어요";

// A rebuild takes longer than the lease of the product under test (set-up.ts).
test.describe.configure({ timeout: 120_000 });

test("while the gate is rebuilt the page says preparing, never sold out, and then what is true", async ({
  page,
  createEvent,
  rebuildGate,
  claimElsewhere,
  signIn,
  user,
}) => {
  const event = await createEvent({ limit: 1 });
  await claimElsewhere(`${user}-first`, event.id);
  await signIn(user, `/events/${event.id}`);
  await expect(page.getByText(SOLD_OUT).first()).toBeVisible();

  const rebuilt = rebuildGate();
  await expect(page.getByText(PREPARING)).toBeVisible();
  await expect(page.getByText(SOLD_OUT)).toHaveCount(0);
  await expect(claimButton(page)).toBeEnabled();
  await rebuilt;
  await expect(page.getByText(SOLD_OUT).first()).toBeVisible();
  await expect(page.getByText(PREPARING)).toHaveCount(0);
});

test("a winner keeps the receipt while the gate is rebuilt", async ({ page, rebuildGate, openEvent }) => {
  await openEvent();
  await claimButton(page).click();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  const rebuilt = rebuildGate();
  await expect(page.getByText("준비 중")).toBeVisible();
  await page.reload();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  await rebuilt;
  await expect(page.getByText("10장 중 9장 남음")).toBeVisible();
});

/** The start page: what is open, what comes, and what is over, at a glance. */
import { expect, test } from "./fixtures.ts";

const LIST = /\/api\/trpc\/event\.list/;

test("events stand in their groups, and an opening within the day counts down", async ({
  page,
  createEvent,
  setEvent,
}) => {
  const open = await createEvent();
  const soon = await createEvent({ "opens-at": "+2h" });
  const later = await createEvent({ "opens-at": "+3d" });
  const over = await createEvent();
  await setEvent(over.id, { status: "closed" });
  await page.goto("/");
  const group = (name: RegExp) => page.getByRole("region", { name });
  await expect(group(/지금 진행 중/).getByRole("link", { name: open.displayName })).toContainText(
    "10장 중 10장 남음",
  );
  const upcoming = group(/곧 열려요/);
  await expect(upcoming.getByRole("link", { name: soon.displayName })).toContainText(/1시간 \d+분 남았어요/);
  await expect(upcoming.getByRole("link", { name: later.displayName })).not.toContainText("남았어요");
  await expect(group(/지난 이벤트/).getByRole("link", { name: over.displayName })).toBeVisible();
});

test("an event moves to the open ones at its moment", async ({ page, createEvent }) => {
  const event = await createEvent({ "opens-at": "+6s" });
  await page.goto("/");
  const card = (group: RegExp) =>
    page.getByRole("region", { name: group }).getByRole("link", { name: event.displayName });
  await expect(card(/곧 열려요/)).toContainText("초 남았어요");
  await expect(card(/지금 진행 중/)).toBeVisible();
});

test("an empty list says so, and a lost server is said without taking the list away", async ({ page }) => {
  await page.route(LIST, (route) => route.fulfill({ json: { result: { data: { items: [] } } } }));
  await page.goto("/");
  await expect(page.getByText("지금은 진행 중인 이벤트가 없어요.")).toBeVisible();
  await page.unroute(LIST);
  await page.route(LIST, (route) => route.abort("connectionreset"));
  await expect(page.getByText("최신 정보를 가져오지 못했어요")).toBeVisible({ timeout: 30_000 });
  await page.unroute(LIST);
  await expect(page.getByText("다시 연결됐어요")).toBeVisible({ timeout: 30_000 });
});

/** The states of the start page. */
import { expect, type Request } from "@playwright/test";
import { answer, hold, lose } from "./answer.ts";
import { PRESS, type State } from "./state.ts";

export const HOME: readonly State[] = [
  {
    name: "home",
    sees: { ko: "지난 이벤트", en: "Past events" },
    async reach({ page, stage }) {
      for (const name of ["open", "other", "paused", "soon", "far", "soldOut", "closed"] as const)
        await stage.event(name);
      await page.goto("/");
    },
  },
  {
    name: "home-empty",
    sees: { ko: "지금은 진행 중인 이벤트가 없어요.", en: "There is no event right now." },
    changed: "event.list has no events",
    async reach({ page }) {
      await answer(page, "event.list", { items: [] });
      await page.goto("/");
    },
  },
  {
    name: "home-lost-connection",
    sees: { ko: "최신 정보를 가져오지 못했어요. 다시 연결하고 있어요.", en: "Could not get the latest." },
    changed: "event.list gets no answer",
    async reach({ page, stage }) {
      await stage.event("open");
      await lose(page, "event.list");
      await page.goto("/");
    },
  },
  {
    name: "home-loading",
    sees: { ko: "불러오는 중", en: "Loading" },
    changed: "the next page's content never arrives",
    async reach({ page, stage }) {
      const { id } = await stage.event("open");
      await page.goto(`/events/${id}`);
      // Before its script runs, a page hears no pointer and prepares nothing.
      await expect(page.getByRole("button", { name: PRESS.claim })).toBeEnabled();
      const back = page.getByRole("link", { name: PRESS.allEvents });
      const prepared = page.waitForResponse((response) => isWholePage(response.request()));
      await back.hover();
      await prepared;
      await hold(page, /[?&]_rsc=/);
      await back.click();
    },
  },
];

/** What the framework fetches of a page that may be opened next; before it, it asks for the page's outline alone. */
function isWholePage(request: Request): boolean {
  return request.url().includes("_rsc=") && !("next-router-segment-prefetch" in request.headers());
}

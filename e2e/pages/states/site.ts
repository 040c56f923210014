/**
 * The states of everything else: sign-in, wrong addresses, a page that failed. Of app/global-error.tsx there is none:
 * it stands in when the frame of all pages fails, which nothing outside of the program can bring about.
 */
import { answer, hold, refuse } from "./answer.ts";
import { press, type Scene, type State } from "./state.ts";

export const SITE: readonly State[] = [
  {
    name: "sign-in",
    sees: { ko: "체험용 로그인이에요.", en: "This is a demo sign-in." },
    reach: ({ page }) => page.goto("/sign-in").then(() => {}),
  },
  {
    name: "sign-in-wrong-id",
    sees: { ko: "만 64자까지 쓸 수 있어요.", en: "Only letters, digits" },
    reach: (scene) => submitted(scene, "아이디 with spaces"),
  },
  {
    name: "sign-in-working",
    sees: { ko: "로그인하는 중…", en: "Signing in…" },
    changed: "session.signIn gets no answer yet",
    async reach(scene) {
      await hold(scene.page, "session.signIn");
      await submitted(scene);
    },
  },
  {
    name: "sign-in-failed",
    sees: { ko: "로그인하지 못했어요.", en: "Could not sign in." },
    changed: "session.signIn meets a fault of the server",
    async reach(scene) {
      await refuse(scene.page, "session.signIn", "INTERNAL_SERVER_ERROR", 500);
      await submitted(scene);
    },
  },
  {
    name: "not-found",
    sees: { ko: "찾는 페이지가 없어요", en: "There is no such page" },
    reach: ({ page }) => page.goto("/events/2000000000").then(() => {}),
  },
  {
    name: "skip-link",
    sees: { ko: "본문으로 건너뛰기", en: "Skip to content" },
    async reach({ page }) {
      await page.goto("/nothing");
      await page.keyboard.press("Tab");
    },
  },
  {
    name: "page-failed",
    sees: { ko: "페이지를 불러오지 못했어요", en: "This page could not be loaded" },
    changed: "event.get answers with something that no page can show",
    noisy: true,
    async reach({ page, stage }) {
      await answer(page, "event.get", { serverTime: "2030-01-01T00:00:00.000Z" });
      await page.goto(`/events/${(await stage.event("open")).id}`);
    },
  },
];

async function submitted({ page, user }: Scene, userId = user): Promise<void> {
  await page.goto("/sign-in");
  await page.locator("input[name=userId]").fill(userId);
  await press(page, "signIn");
}

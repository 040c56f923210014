/** The states of the dialog in which a coupon is shown and used. */
import type { Page } from "@playwright/test";
import { signInOverHttp } from "../fixtures.ts";
import { answer, hold, lose, refuse } from "./answer.ts";
import { claim, couponOf } from "./stage.ts";
import { press, type Scene, type State } from "./state.ts";
import { openFull } from "./wallet.ts";

export const USE: readonly State[] = [
  {
    name: "use-question",
    sees: { ko: "지금 사용할까요?", en: "Use it now?" },
    async reach(scene) {
      await openFull(scene, "/coupons?state=usable");
      await press(scene.page, "use");
      await scene.page.locator("dialog svg path[fill]").waitFor();
    },
  },
  {
    name: "use-asking",
    sees: { ko: "확인하는 중…", en: "Checking…" },
    changed: "coupon.use gets no answer yet",
    reach: (scene) => confirmed(scene, (page) => hold(page, "coupon.use")),
  },
  {
    name: "use-done",
    sees: { ko: "사용했어요.", en: "Used." },
    reach: (scene) => confirmed(scene),
  },
  {
    name: "use-already-used",
    sees: { ko: "이미 사용한 쿠폰이에요.", en: "This coupon was already used." },
    reach: (scene) =>
      confirmed(scene, async (page, couponId) => {
        await page.context().request.post("/api/trpc/coupon.use", { data: { couponId } });
      }),
  },
  {
    name: "use-expired-meanwhile",
    sees: { ko: "기간이 만료되어 사용할 수 없어요.", en: "It has expired and cannot be used." },
    changed: "coupon.use says that it has expired",
    reach: (scene) =>
      confirmed(scene, (page) =>
        answer(page, "coupon.use", ({ coupon }: { coupon: object }) => ({
          status: "expired",
          coupon: { ...coupon, usedAt: null, state: "expired" },
        })),
      ),
  },
  {
    name: "use-lost-answer",
    sees: { ko: "사용했는지 확인하지 못했어요.", en: "Could not tell whether it was used." },
    changed: "the answer of coupon.use gets lost",
    reach: (scene) => confirmed(scene, (page) => lose(page, "coupon.use")),
  },
  {
    name: "use-session-ended",
    sees: { ko: "로그인이 끝났어요.", en: "Your session has ended." },
    changed: "coupon.use is refused as that of nobody",
    reach: (scene) => confirmed(scene, (page) => refuse(page, "coupon.use", "UNAUTHORIZED", 401)),
  },
  {
    name: "use-other-user",
    sees: { ko: "다른 아이디로 로그인되어 있어요.", en: "Somebody else has signed in meanwhile." },
    changed: "coupon.use is refused as that of somebody else",
    reach: (scene) => confirmed(scene, (page) => refuse(page, "coupon.use", "PRECONDITION_FAILED", 412)),
  },
];

/** Opens the dialog of a coupon of one's own, lets `change` happen, and confirms the use. */
async function confirmed(
  { page, stage, user }: Scene,
  change?: (page: Page, couponId: number) => Promise<void>,
): Promise<void> {
  await signInOverHttp(page, user);
  const event = await stage.event("open");
  await claim(page, event.id);
  const coupon = await couponOf(page, event.id);
  await page.goto("/coupons");
  await press(page, "use");
  await page.locator("dialog svg path[fill]").waitFor();
  await change?.(page, coupon.id);
  await press(page, "confirmUse");
}

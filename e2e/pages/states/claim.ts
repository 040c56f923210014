/** The states of an event's page after a press: every answer of a claim, and every way to have none. */
import { answer, hold, lose, refuse } from "./answer.ts";
import { openSignedIn } from "./event.ts";
import { press, type Scene, type State } from "./state.ts";

const PENDING = { status: "pending", since: "2030-01-01T00:00:00.000Z" };

export const CLAIM: readonly State[] = [
  {
    name: "claim-asking",
    sees: { ko: "순번을 확인하고 있어요…", en: "Checking your place…" },
    changed: "coupon.claim gets no answer yet",
    reach: (scene) => pressed(scene, (page) => hold(page, "coupon.claim")),
  },
  {
    name: "claim-won",
    sees: { ko: "쿠폰함에 담겼어요", en: "In your wallet" },
    reach: (scene) => pressed(scene),
  },
  {
    name: "claim-won-being-written",
    sees: { ko: "쿠폰함에 기록하는 중", en: "Being written to your wallet" },
    changed: "coupon.mine does not have the coupon yet",
    reach: (scene) => pressed(scene, (page) => answer(page, "coupon.mine", { items: [], nextCursor: null })),
  },
  {
    name: "claim-pending",
    sees: { ko: "순번을 확정하고 있어요", en: "Confirming your place" },
    changed: "coupon.claim and coupon.claimStatus say pending",
    reach: (scene) =>
      pressed(scene, async (page) => {
        await answer(page, "coupon.claim", PENDING);
        await answer(page, "coupon.claimStatus", PENDING);
      }),
  },
  {
    name: "claim-none",
    sees: { ko: "자리가 확정되지 않았어요. 한 번 더 눌러 주세요.", en: "Please press once more." },
    changed: "coupon.claim says pending, although there is no seat",
    reach: (scene) => pressed(scene, (page) => answer(page, "coupon.claim", PENDING)),
  },
  {
    name: "claim-not-open",
    sees: { ko: "아직 열리지 않았어요", en: "Not open yet" },
    changed: "coupon.claim says not_open, as to a clock that is a blink ahead",
    reach: (scene) =>
      pressed(scene, (page) =>
        answer(page, "coupon.claim", { status: "not_open", opensAt: "2030-01-01T00:00:00.000Z" }),
      ),
  },
  {
    name: "claim-unavailable",
    sees: { ko: "지금 많은 분이 몰렸어요", en: "A lot of people are here" },
    changed: "coupon.claim says unavailable",
    reach: (scene) => pressed(scene, unavailable),
  },
  {
    name: "claim-preparing",
    sees: { ko: "누르신 건 기억하고 있어요.", en: "We remember your press" },
    changed: "coupon.claim says unavailable, and nobody knows how many are left",
    reach: (scene) =>
      pressed(scene, async (page) => {
        await unavailable(page);
        await answer(page, "event.get", (event: object) => ({ ...event, remaining: null }));
      }),
  },
  {
    name: "claim-too-many",
    sees: { ko: "조금만 천천히 눌러 주세요", en: "A little slower, please" },
    changed: "coupon.claim is refused as one of too many",
    reach: (scene) => pressed(scene, (page) => refuse(page, "coupon.claim", "TOO_MANY_REQUESTS", 429)),
  },
  {
    name: "claim-broken",
    sees: { ko: "문제가 생겼어요", en: "Something went wrong" },
    changed: "coupon.claim meets a fault of the server",
    reach: (scene) => pressed(scene, (page) => refuse(page, "coupon.claim", "INTERNAL_SERVER_ERROR", 500)),
  },
  {
    name: "claim-lost-answer",
    sees: { ko: "응답을 받지 못했어요", en: "No answer came back" },
    changed: "the answer of coupon.claim gets lost",
    reach: (scene) => pressed(scene, (page) => lose(page, "coupon.claim")),
  },
  {
    name: "claim-offline",
    sees: { ko: "인터넷 연결이 끊겼어요.", en: "You are offline." },
    reach: (scene) => pressed(scene, (page) => page.context().setOffline(true)),
  },
  {
    name: "claim-session-ended",
    sees: { ko: "체험용 로그인이에요.", en: "This is a demo sign-in." },
    reach: (scene) => pressed(scene, (page) => page.context().clearCookies({ name: "sunchak_session" })),
  },
];

/** Opens the event, waits until a press is possible, lets `change` happen, and presses. */
async function pressed(scene: Scene, change?: (page: Scene["page"]) => Promise<unknown>): Promise<void> {
  const { page } = scene;
  await openSignedIn(scene, "open");
  await page
    .locator("button:not([aria-disabled=true])")
    .filter({ hasText: /^(쿠폰 받기|Get coupon)$/ })
    .waitFor();
  await change?.(page);
  await press(page, "claim");
}

async function unavailable(page: Scene["page"]): Promise<void> {
  await answer(page, "coupon.claim", { status: "unavailable", retryAfterMs: 8_000 });
}

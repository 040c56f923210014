/** The states of the list of coupons. */
import type { Page } from "@playwright/test";
import { signInOverHttp } from "../fixtures.ts";
import { answer, hold, lose, refuse } from "./answer.ts";
import { press, type Scene, type State } from "./state.ts";

type Coupon = Record<string, unknown> & { eventId: number; state: string };
type WalletPage = { items: Coupon[] };

export const WALLET: readonly State[] = [
  {
    name: "wallet-signed-out",
    sees: { ko: "쿠폰함을 보려면 로그인해 주세요.", en: "Sign in to see your coupons." },
    reach: async ({ page }) => void (await page.goto("/coupons")),
  },
  {
    name: "wallet-loading",
    sees: { ko: "불러오는 중…", en: "Loading…" },
    changed: "coupon.mine gets no answer yet",
    reach: (scene) => openWallet(scene, "/coupons", (page) => hold(page, "coupon.mine")),
  },
  {
    name: "wallet-empty",
    sees: { ko: "아직 받은 쿠폰이 없어요.", en: "You have no coupons yet." },
    reach: (scene) => openWallet(scene, "/coupons"),
  },
  {
    name: "wallet",
    sees: { ko: "전체 4장", en: "All: 4" },
    changed: "of four real coupons one is said to be still being issued",
    reach: (scene) => openFull(scene, "/coupons"),
  },
  {
    name: "wallet-usable",
    sees: { ko: "사용 가능 1장", en: "Usable: 1" },
    reach: (scene) => openFull(scene, "/coupons?state=usable"),
  },
  {
    name: "wallet-issuing",
    sees: { ko: "코드를 준비하고 있어요…", en: "Getting your code ready…" },
    changed: "as in wallet",
    reach: (scene) => openFull(scene, "/coupons?state=issuing"),
  },
  {
    name: "wallet-used",
    sees: { ko: "사용한 시각", en: /^Used$/ },
    reach: (scene) => openFull(scene, "/coupons?state=used"),
  },
  {
    name: "wallet-expired",
    sees: { ko: "만료 시각", en: /^Expired$/ },
    reach: (scene) => openFull(scene, "/coupons?state=expired"),
  },
  {
    name: "wallet-empty-filter",
    sees: { ko: "사용한 쿠폰이 없어요.", en: "You have not used a coupon yet." },
    reach: (scene) => openWallet(scene, "/coupons?state=used"),
  },
  {
    name: "wallet-lost-connection",
    sees: { ko: "쿠폰을 불러오지 못했어요.", en: "Could not load your coupons." },
    changed: "coupon.mine gets no answer",
    reach: (scene) => openWallet(scene, "/coupons", (page) => lose(page, "coupon.mine")),
  },
  {
    name: "wallet-later",
    sees: { ko: "지금은 쿠폰함에 연결할 수 없어요.", en: "We can't reach your wallet just now." },
    changed: "coupon.mine is refused",
    reach: (scene) =>
      openWallet(scene, "/coupons", (page) => refuse(page, "coupon.mine", "SERVICE_UNAVAILABLE", 503)),
  },
  {
    name: "wallet-stale",
    sees: { ko: "최신 상태를 확인하지 못했어요.", en: "Could not get the latest." },
    changed: "coupon.mine is refused from the second look on",
    async reach(scene) {
      await openFull(scene, "/coupons?state=issuing");
      await scene.page.getByRole("article").waitFor();
      await refuse(scene.page, "coupon.mine", "SERVICE_UNAVAILABLE", 503);
    },
  },
  {
    name: "wallet-copied",
    sees: { ko: "복사했어요", en: "Copied" },
    async reach(scene) {
      await scene.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await openFull(scene, "/coupons?state=usable");
      await press(scene.page, "copy");
    },
  },
  {
    name: "wallet-copy-refused",
    sees: { ko: "복사하지 못했어요.", en: "Could not copy." },
    changed: "the browser has no clipboard, as on a page without https",
    async reach(scene) {
      await scene.page.addInitScript(() =>
        Object.defineProperty(navigator, "clipboard", { value: undefined }),
      );
      await openFull(scene, "/coupons?state=usable");
      await press(scene.page, "copy");
    },
  },
  {
    name: "wallet-more",
    sees: { ko: "더 보기", en: "Show more" },
    changed: "coupon.mine has a page of twenty, and one after it",
    reach: (scene) => openWallet(scene, "/coupons", manyCoupons),
  },
  {
    name: "wallet-more-failed",
    sees: { ko: "쿠폰을 불러오지 못했어요.", en: "Could not load your coupons." },
    changed: "as in wallet-more, and the second page gets no answer",
    async reach(scene) {
      await openWallet(scene, "/coupons", manyCoupons);
      await scene.page.route(/coupon\.mine.+cursor%22%3A%22next/, (route) => route.abort("connectionreset"));
      await press(scene.page, "more");
    },
  },
];

async function openWallet(
  { page, user }: Scene,
  path: string,
  change?: (page: Page) => Promise<void>,
): Promise<void> {
  await signInOverHttp(page, user);
  await change?.(page);
  await page.goto(path);
}

/** As somebody who has one coupon in each state: all of them real, but for the one that is said to be on its way. */
export async function openFull({ page, stage }: Scene, path: string): Promise<void> {
  const { userId, onItsWay } = await stage.collector();
  await signInOverHttp(page, userId);
  await page.route(/\/api\/trpc\/coupon\.mine/, async (route) => {
    const asked = decodeURIComponent(route.request().url());
    const wanted = /"state":"(\w+)"/.exec(asked)?.[1];
    // The real one of the product is usable.
    const response = await route.fetch({ url: asked.replace('"issuing"', '"usable"') });
    const { data } = (await response.json()).result as { data: WalletPage };
    const items = data.items
      .map((coupon) => (coupon.eventId === onItsWay ? { ...coupon, ...ISSUING } : coupon))
      .filter(({ state }) => wanted === undefined || state === wanted);
    const counts = { usable: 1, used: 1, expired: 1, issuing: 1 };
    await route.fulfill({ response, json: { result: { data: { ...data, items, counts } } } });
  });
  await page.goto(path);
}

const ISSUING = { id: null, code: null, issuedAt: null, state: "issuing" };

/** Twenty coupons of forty. */
async function manyCoupons(page: Page): Promise<void> {
  const at = "2030-01-01T00:00:00.000Z";
  const items = Array.from({ length: 20 }, (_, index) => ({
    ...{ id: 100 - index, eventId: 100 - index, displayName: `매일 아침 쿠폰 ${100 - index}`, rank: 1_234 },
    ...{ claimedAt: at, issuedAt: at, expiresAt: "2090-01-01T00:00:00.000Z", usedAt: null },
    ...{ discount: { type: "PERCENT", amount: 10 }, code: "ACDE-FGHJ-KMNP", state: "usable" },
  }));
  const counts = { usable: 40, used: 0, expired: 0, issuing: 0 };
  await answer(page, "coupon.mine", { items, nextCursor: "next", counts });
}

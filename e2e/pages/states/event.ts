/** The states of an event's page before a press: what the event itself says. */
import { expect } from "@playwright/test";
import { signInOverHttp } from "../fixtures.ts";
import { answer, hold } from "./answer.ts";
import { claim, couponOf, type EventName, spendCoupon } from "./stage.ts";
import type { Scene, State } from "./state.ts";

type Seats = { remaining: number | null; opensAt: string; serverTime: string; state: string };

export const EVENT: readonly State[] = [
  {
    name: "event-scheduled-far",
    sees: { ko: "미리 로그인해 두면 열리자마자 받을 수 있어요.", en: "Sign in now and be ready" },
    async reach(scene) {
      await open(scene, "far");
      await expect(scene.page.getByRole("timer")).toContainText(/\d/);
    },
  },
  {
    name: "event-scheduled-soon",
    sees: { ko: "서버 시각 기준이에요.", en: "By the server's clock." },
    reach: (scene) => openSignedIn(scene, "soon"),
  },
  {
    name: "event-scheduled-last-minute",
    sees: { ko: /^4[3-5]$/, en: /^4[3-5]$/ },
    changed: "event.get says that it opens in 45 seconds, at each look",
    async reach(scene) {
      await answer(scene.page, "event.get", (event: Seats) => ({
        ...event,
        opensAt: later(event.serverTime, 45),
      }));
      await openSignedIn(scene, "soon");
    },
  },
  {
    name: "event-open-signed-out",
    sees: { ko: "로그인한 뒤 이 화면으로 돌아와서 받을 수 있어요.", en: "You sign in first" },
    reach: (scene) => open(scene, "open"),
  },
  {
    name: "event-open",
    sees: { ko: "버튼을 누른 순서가 아니라", en: "Places go in the order" },
    reach: (scene) => openSignedIn(scene, "other"),
  },
  {
    name: "event-waking",
    sees: { ko: "페이지를 준비하는 중…", en: "Getting the page ready…" },
    changed: "no script ever arrives",
    async reach({ page, stage }) {
      const { id } = await stage.event("open");
      await hold(page, /\/_next\/static\/.+\.js/);
      await page.goto(`/events/${id}`, { waitUntil: "commit" });
    },
  },
  {
    name: "event-sold-out",
    sees: { ko: "아쉽지만 마감됐어요", en: "Sorry, all gone" },
    async reach(scene) {
      await scene.stage.event("open");
      await openSignedIn(scene, "soldOut");
    },
  },
  {
    name: "event-closed",
    sees: { ko: "이벤트가 끝났어요", en: "This event has ended" },
    reach: (scene) => open(scene, "closed"),
  },
  {
    name: "event-archived",
    sees: { ko: "이벤트가 끝났어요", en: "This event has ended" },
    reach: (scene) => open(scene, "archived"),
  },
  {
    name: "event-paused",
    sees: { ko: "잠시 멈춰 있어요", en: "Taking a short break" },
    reach: (scene) => openSignedIn(scene, "paused"),
  },
  {
    name: "event-preparing",
    sees: { ko: "준비하고 있어요", en: "Getting ready" },
    changed: "event.get does not know how many are left, as while the gate is rebuilt",
    async reach(scene) {
      await answer(scene.page, "event.get", (event: Seats) => ({ ...event, remaining: null }));
      await openSignedIn(scene, "open");
    },
  },
  {
    name: "event-checking",
    sees: { ko: "내 순번을 확인하고 있어요…", en: "Looking up your place…" },
    changed: "session.me gets no answer, and the page's patience does not end",
    async reach({ page, stage }) {
      await page.addInitScript(() => {
        const real = window.setTimeout;
        const patience = (ms?: number) => (ms === 1_500 ? 3_600_000 : ms);
        window.setTimeout = ((run: () => void, ms?: number) => real(run, patience(ms))) as typeof setTimeout;
      });
      await hold(page, "session.me");
      await page.goto(`/events/${(await stage.event("open")).id}`);
    },
  },
  {
    name: "event-unknown",
    sees: { ko: "내 쿠폰을 확인하고 있어요", en: "Looking for your coupon" },
    changed: "coupon.claimStatus says later",
    async reach(scene) {
      await answer(scene.page, "coupon.claimStatus", { status: "unavailable", retryAfterMs: 10_000 });
      await openSignedIn(scene, "closed");
    },
  },
  {
    name: "event-won-before",
    sees: { ko: "쿠폰함에 담겼어요", en: "In your wallet" },
    async reach(scene) {
      await holdCoupon(scene, "open");
      await open(scene, "open");
    },
  },
  {
    name: "event-won-and-used",
    sees: { ko: "사용 완료한 쿠폰이에요", en: "You have used this coupon" },
    async reach(scene) {
      await spendCoupon(scene.page, await holdCoupon(scene, "open"));
      await open(scene, "open");
    },
  },
  {
    name: "event-won-and-expired",
    sees: { ko: "기간이 만료된 쿠폰이에요", en: "This coupon has expired" },
    changed: "coupon.mine says that it has expired",
    async reach(scene) {
      await holdCoupon(scene, "open");
      await answer(scene.page, "coupon.mine", ({ items, ...rest }: { items: object[] }) => ({
        ...rest,
        items: items.map((coupon) => ({ ...coupon, state: "expired" })),
      }));
      await open(scene, "open");
    },
  },
];

export async function open({ page, stage }: Scene, name: EventName): Promise<void> {
  await page.goto(`/events/${(await stage.event(name)).id}`);
}

export async function openSignedIn(scene: Scene, name: EventName): Promise<void> {
  await signInOverHttp(scene.page, scene.user);
  await open(scene, name);
}

/** Signs in, and claims before the page is opened. @returns the event's id */
async function holdCoupon({ page, stage, user }: Scene, name: EventName): Promise<number> {
  await signInOverHttp(page, user);
  const { id } = await stage.event(name);
  await claim(page, id);
  await couponOf(page, id);
  return id;
}

function later(time: string, seconds: number): string {
  return new Date(Date.parse(time) + seconds * 1_000).toISOString();
}

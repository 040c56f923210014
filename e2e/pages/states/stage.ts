/**
 * What the states play on: events of the real product, made by its commands when the first state asks for them and
 * shared by all that follow, and users who come over HTTP.
 */
import { expect, type Page } from "@playwright/test";
import { archiveEvent, createEvent, type EventView, type Options, setEvent } from "../commands.ts";
import { signInOverHttp } from "../fixtures.ts";

/** Long enough for one claim. */
const OVER_SOON = { "closes-at": "+8s", "expires-at": "+8s" };

/** Names as a shop would give them: the screenshots are looked at by people. */
const EVENTS = {
  open: { name: "첫 구매 감사 쿠폰", limit: 500, "discount-amount": 5_000 },
  other: { name: "새벽 배송 쿠폰", limit: 2_000, "discount-amount": 3_000, "closes-at": "+3d" },
  far: { name: "가을 신상 오픈 기념 쿠폰", limit: 10_000, ...percent(30), "opens-at": "+20d" },
  soon: { name: "금요일 저녁 선착순 쿠폰", limit: 300, ...percent(50), "opens-at": "+50m" },
  soldOut: { name: "생일 축하 쿠폰", limit: 3, "discount-amount": 10_000 },
  paused: { name: "오늘의 브랜드 쿠폰", limit: 700, ...percent(15) },
  closed: { name: "여름 마지막 세일 쿠폰", limit: 100, ...percent(20) },
  archived: { name: "봄맞이 쿠폰", limit: 100, "discount-amount": 2_000 },
  late: { name: "심야 한정 쿠폰", limit: 300, ...percent(25) },
  expired: { name: "하루만 쓰는 쿠폰", limit: 1_000, "discount-amount": 1_500, ...OVER_SOON },
} as const satisfies Record<string, Options>;

export type EventName = keyof typeof EVENTS;

/** What has to happen to an event after it was made. */
const AFTERWARDS: Partial<Record<EventName, (event: EventView, stage: Stage) => Promise<unknown>>> = {
  soldOut: ({ id, issueLimit }, stage) => sellOut(id, issueLimit, stage),
  paused: ({ id }) => setEvent(id, { status: "paused" }),
  closed: ({ id }) => setEvent(id, { status: "closed" }),
  archived: async ({ id }) => {
    await setEvent(id, { status: "closed" });
    await archiveEvent(id);
  },
};

export type Stage = {
  event: (name: EventName) => Promise<EventView>;
  collector: () => Promise<Collector>;
  /** Lends the page of a stranger, signed in. */
  withSomebody: <T>(play: (page: Page, userId: string) => Promise<T>) => Promise<T>;
};

/** Has one coupon in each state; the one of the event `onItsWay` is to be shown as not yet written. */
type Collector = { userId: string; onItsWay: number };

/** @param openPage of a browser that nobody else looks at; it is closed again after use */
export function createStage(openPage: () => Promise<Page>): Stage {
  const made = new Map<EventName, Promise<EventView>>();
  let collector: Promise<Collector> | null = null;
  const stage: Stage = {
    event(name) {
      const event = made.get(name) ?? make(name);
      made.set(name, event);
      return event;
    },
    collector: () => (collector ??= stage.withSomebody((page, userId) => collect(page, userId, stage))),
    async withSomebody(play) {
      const page = await openPage();
      const userId = `jisoo-${crypto.randomUUID().slice(0, 8)}`;
      try {
        await signInOverHttp(page, userId);
        return await play(page, userId);
      } finally {
        await page.close();
      }
    },
  };
  async function make(name: EventName): Promise<EventView> {
    const event = await createEvent(EVENTS[name]);
    await AFTERWARDS[name]?.(event, stage);
    return event;
  }
  return stage;
}

async function sellOut(id: number, limit: number, stage: Stage): Promise<void> {
  for (let taken = 0; taken < limit; taken += 1) await stage.withSomebody((page) => claim(page, id));
}

async function collect(page: Page, userId: string, stage: Stage): Promise<Collector> {
  const expired = await stage.event("expired");
  await claim(page, expired.id);
  const [used, usable, late] = [
    await stage.event("other"),
    await stage.event("open"),
    await stage.event("late"),
  ];
  for (const { id } of [used, usable, late]) await claim(page, id);
  await spendCoupon(page, used.id);
  for (const { id } of [usable, late]) await couponOf(page, id);
  await couponOf(page, expired.id, "expired");
  return { userId, onItsWay: late.id };
}

/** Claims over HTTP until there is a coupon, as the user who is signed in. */
export async function claim(page: Page, eventId: number): Promise<void> {
  const http = page.context().request;
  await expect
    .poll(async () => {
      const response = await http.post("/api/trpc/coupon.claim", { data: { eventId } });
      return (await response.json()).result.data.status;
    })
    .toBe("won");
}

/** Waits for the coupon in the wallet and uses it over HTTP. */
export async function spendCoupon(page: Page, eventId: number): Promise<void> {
  const coupon = await couponOf(page, eventId);
  await page.context().request.post("/api/trpc/coupon.use", { data: { couponId: coupon.id } });
}

/** The user's coupon of that event, once it is written, and in that state if one is given. */
export async function couponOf(page: Page, eventId: number, state?: string): Promise<{ id: number }> {
  let coupon: { id: number | null; eventId: number; state: string } | undefined;
  await expect
    .poll(async () => {
      const response = await page.context().request.get("/api/trpc/coupon.mine");
      coupon = (await response.json()).result.data.items.find(
        (item: typeof coupon) => item?.eventId === eventId,
      );
      return coupon?.id != null && (state === undefined || coupon.state === state);
    })
    .toBe(true);
  return { id: coupon?.id ?? 0 };
}

function percent(amount: number) {
  return { "discount-type": "PERCENT", "discount-amount": amount } as const;
}

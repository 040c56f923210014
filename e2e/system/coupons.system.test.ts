/** What the owner sees and does: usable, used, expired and issuing coupons, and using one exactly once. */
import { beforeAll, expect, test } from "vitest";
import { settled } from "./audit.ts";
import type { CouponView, EventView, User } from "./client.ts";
import { until } from "./until.ts";
import { testWorld, type World } from "./world.ts";

const world = testWorld({ own: ["mysql"] });
let events: EventView[];

beforeAll(async () => {
  events = await Promise.all([1, 2, 3].map(() => world().createEvent({ limit: 100 })));
});

type Owner = { user: User; coupon: CouponView & { id: number } };

/** A user with a written coupon of one of the three events. */
async function owner(name: string, eventIndex = 0): Promise<Owner> {
  const eventId = events[eventIndex]?.id ?? 0;
  const user = await world().client.signIn(name);
  await user.press(eventId);
  await settled(world(), eventId);
  const coupon = (await user.mine()).find((own) => own.eventId === eventId);
  if (!coupon?.id) throw new Error(`${name} has no coupon`);
  return { user, coupon: { ...coupon, id: coupon.id } };
}

async function expire(couponId: number, { db }: World = world()): Promise<void> {
  await db.query("UPDATE coupon SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE id = ?", [
    couponId,
  ]);
}

test("usable, used and expired coupons are listed as such, newest first", async () => {
  const used = await owner("lister", 0);
  const expired = await owner("lister", 1);
  const usable = await owner("lister", 2);
  await used.user.use(used.coupon.id);
  await expire(expired.coupon.id);

  expect((await usable.user.mine()).map(({ id, state }) => ({ id, state }))).toEqual([
    { id: usable.coupon.id, state: "usable" },
    { id: expired.coupon.id, state: "expired" },
    { id: used.coupon.id, state: "used" },
  ]);
});

test("coupons are listed by their state, and each page says how many there are in every state", async () => {
  const used = await owner("sorter", 0);
  const expired = await owner("sorter", 1);
  const usable = await owner("sorter", 2);
  await used.user.use(used.coupon.id);
  await expire(expired.coupon.id);
  for (const [state, { coupon }] of Object.entries({ used, expired, usable })) {
    const { data } = await used.user.wallet(state as CouponView["state"]);
    expect(
      data?.items.map(({ id }) => id),
      state,
    ).toEqual([coupon.id]);
    expect(data?.counts).toEqual({ usable: 1, used: 1, expired: 1, issuing: 0 });
  }
  expect((await used.user.wallet("issuing")).data?.items).toEqual([]);
});

test("every coupon has a code that no other one has, and keeps it when it is used", async () => {
  const owners = await Promise.all([owner("coder-a"), owner("coder-b"), owner("coder-c", 1)]);
  const codes = owners.map(({ coupon }) => coupon.code);
  for (const code of codes)
    expect(code).toMatch(/^[34679ACDEFGHJKMNPQRTVWXY]{4}(-[34679ACDEFGHJKMNPQRTVWXY]{4}){2}$/);
  expect(new Set(codes).size).toBe(owners.length);
  const [first] = owners;
  expect((await first.user.use(first.coupon.id)).data?.coupon.code).toBe(codes[0]);
});

test("a coupon that was used stays used when it expires, and an expired one cannot be used", async () => {
  const used = await owner("spender", 0);
  await used.user.use(used.coupon.id);
  await expire(used.coupon.id);
  const expired = await owner("spender", 1);
  await expire(expired.coupon.id);

  expect((await expired.user.use(expired.coupon.id)).data).toMatchObject({
    status: "expired",
    coupon: { state: "expired" },
  });
  expect((await used.user.use(used.coupon.id)).data).toMatchObject({
    status: "already_used",
    coupon: { state: "used" },
  });
});

test("of 200 uses of one coupon at once exactly one succeeds", async () => {
  const { user, coupon } = await owner("hasty");
  const replies = await Promise.all(Array.from({ length: 200 }, () => user.use(coupon.id)));
  const statuses = replies.map(({ data }) => data?.status).sort();
  expect(statuses).toEqual([...Array(199).fill("already_used"), "used"]);
});

test("another user's coupon is NOT_FOUND, and stays unused", async () => {
  const { user, coupon } = await owner("victim");
  const thief = await world().client.signIn("thief");
  expect(await thief.use(coupon.id)).toMatchObject({ httpStatus: 404, error: "NOT_FOUND" });
  expect(await thief.mine()).toEqual([]);
  expect(await user.mine()).toMatchObject([{ id: coupon.id, state: "usable" }]);
});

test("a won seat is shown as issuing while the worker is away, and as a coupon afterwards", async () => {
  const event = await world().createEvent({ limit: 1 });
  const user = await world().client.signIn("waiting");
  await world().worker.stop();
  expect(await user.claim(event.id)).toMatchObject({ status: "won", rank: 1 });
  // The process may hear up to a second later that this new event has a gate.
  const [seat] = await until("the seat in the list", async () => {
    const coupons = await user.mine();
    return coupons.length > 0 && coupons;
  });
  expect(seat).toMatchObject({ id: null, eventId: event.id, rank: 1, state: "issuing" });

  await world().worker.start();
  const [coupon] = await until("the coupon", async () => {
    const coupons = await user.mine();
    return coupons[0]?.state === "usable" && coupons;
  });
  expect(coupon).toMatchObject({ id: expect.any(Number), eventId: event.id, rank: 1 });
});

test("while MySQL does not answer, coupons are SERVICE_UNAVAILABLE, and afterwards the same coupon can be used", async () => {
  const { user, coupon } = await owner("patient");
  const mysql = world().server("mysql");
  const later = { httpStatus: 503, error: "SERVICE_UNAVAILABLE" };
  await mysql.kill("SIGSTOP");
  try {
    expect(await Promise.all([user.wallet(), user.use(coupon.id)])).toMatchObject([later, later]);
  } finally {
    await mysql.kill("SIGCONT");
  }
  const answer = await until("an answer to the use", async () => (await user.use(coupon.id)).data);
  expect(answer).toMatchObject({ coupon: { state: "used" } });

  await mysql.kill("SIGKILL");
  expect(await user.wallet()).toMatchObject(later);
  await mysql.start();
  await until("the list", async () => (await user.wallet()).data?.items[0]?.state === "used");
});

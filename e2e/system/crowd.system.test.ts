/** A crowd presses one button at once: exactly the first N users get one coupon each, and everyone hears the truth. */
import { expect, test } from "vitest";
import { audit, rowsOf } from "./audit.ts";
import { oneTo, ranks, tally } from "./client.ts";
import { until } from "./until.ts";
import { testWorld } from "./world.ts";

const world = testWorld();

test("of 1,000 users at once on two web processes exactly 10 win the 10 coupons, ranks 1 to 10", async () => {
  const event = await world().createEvent({ limit: 10 });
  const users = await world().client.signInMany("crowd", 1000);

  const answers = await Promise.all(users.map((user) => user.press(event.id)));

  expect(tally(answers)).toEqual({ won: 10, sold_out: 990 });
  expect(ranks(answers)).toEqual(oneTo(10));
  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(10);
});

test("of 6 users at once five win the 5 coupons of a fixed amount, one does not, and none remain", async () => {
  const event = await world().createEvent({ limit: 5, discountType: "FIXED_AMOUNT", discountAmount: 3000 });
  const users = await world().client.signInMany("six", 6);

  const answers = await Promise.all(users.map((user) => user.press(event.id)));

  expect(tally(answers)).toEqual({ won: 5, sold_out: 1 });
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
  expect(await world().client.event(event.id)).toMatchObject({ remaining: 0, state: "sold_out" });
  const winner = users[answers.findIndex(({ status }) => status === "won")];
  expect(await winner?.mine()).toMatchObject([
    { eventId: event.id, state: "usable", discount: { type: "FIXED_AMOUNT", amount: 3000 } },
  ]);
});

test("a user who claims five times at once gets one coupon and hears one verdict", async () => {
  const event = await world().createEvent({ limit: 100 });
  const users = await world().client.signInMany("eager", 1000);

  const answers = await Promise.all(
    users.map((user) => Promise.all(oneTo(5).map(() => user.press(event.id)))),
  );

  const verdicts = answers.map((own) => new Set(own.map((a) => (a.status === "won" ? a.rank : a.status))));
  expect(verdicts.filter((own) => own.size !== 1)).toEqual([]);
  const winners = answers.filter(([first]) => first?.status === "won");
  expect(ranks(winners.map(([first]) => first ?? { status: "none" }))).toEqual(oneTo(100));
  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(100);
});

test("whoever comes too late hears so from memory, winners keep their rank, and added stock goes at once", async () => {
  const event = await world().createEvent({ limit: 3 });
  const winners = await world().client.signInMany("early", 3);
  await Promise.all(winners.map((user) => user.press(event.id, 0)));
  const late = await world().client.signIn("late");

  await until("sold out to be said from memory", async () => {
    expect(await late.press(event.id, 0)).toEqual({ status: "sold_out" });
    return (await world().metric(0, "sunchak_sold_out_remembered_total")) > 0;
  });
  const again = await Promise.all(winners.map((user) => user.press(event.id, 0)));
  expect(ranks(again)).toEqual([1, 2, 3]);

  await world().setEvent(event.id, { limit: 4 });
  expect(await late.press(event.id, 0)).toMatchObject({ status: "won", rank: 4 });
});

test("Kim and kim are two users with two coupons", async () => {
  const event = await world().createEvent({ limit: 10 });
  const users = await Promise.all(["Kim", "kim"].map((name) => world().client.signIn(name)));

  const answers = await Promise.all(users.map((user) => user.press(event.id)));

  expect(ranks(answers)).toEqual([1, 2]);
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
  expect((await rowsOf(world(), event.id)).map(({ userId }) => userId).sort()).toEqual(["Kim", "kim"]);
});

/**
 * The event's window and the operator's hand on it. Every process of this world has a wrong clock, by ten minutes
 * and in different directions: only the gate's clock decides.
 */
import { expect, test } from "vitest";
import { audit, rowsOf, seatsOf } from "./audit.ts";
import { type ClaimAnswer, oneTo, ranks, tally } from "./client.ts";
import { until } from "./until.ts";
import { testWorld } from "./world.ts";

const TEN_MINUTES_MS = 600_000;
/** Machines and their Redis share one clock here; the rest is the way of an answer. */
const CLOCK_TOLERANCE_MS = 5_000;
const world = testWorld({
  clockErrorMs: { webs: [TEN_MINUTES_MS, -TEN_MINUTES_MS], worker: TEN_MINUTES_MS },
});
const webs = [0, 1];

async function expectNoSeat(eventId: number): Promise<void> {
  expect((await seatsOf(world(), eventId)).size).toBe(0);
  expect(await world().redis.hget(`{event:${eventId}}:meta`, "next")).toBe("0");
  expect(await rowsOf(world(), eventId)).toEqual([]);
}

test("before the opening the answer is not_open, and no seat is taken", async () => {
  const event = await world().createEvent({ opensAt: "+5m" });
  const users = await world().client.signInMany("early", 20);
  for (const web of webs) {
    const answers = await Promise.all(users.map((user) => user.press(event.id, web)));
    expect(new Set(answers)).toEqual(
      new Set(users.map(() => ({ status: "not_open", opensAt: event.opensAt }))),
    );
    expect(await world().client.event(event.id, web)).toMatchObject({ state: "scheduled", remaining: 10 });
  }
  await expectNoSeat(event.id);
});

test("the gate opens at its second for everyone, and the time shown is the gate's", async () => {
  const event = await world().createEvent({ opensAt: "+3s", limit: 4 });
  const users = await world().client.signInMany("punctual", 8);
  const answers = await Promise.all(
    users.map((user, index) =>
      until("the opening", async () => {
        const answer = await user.press(event.id, index % 2);
        return answer.status !== "not_open" && answer;
      }),
    ),
  );

  expect(tally(answers)).toEqual({ won: 4, sold_out: 4 });
  for (const answer of answers) {
    if (answer.status !== "won") continue;
    expect(Date.parse(answer.claimedAt)).toBeGreaterThanOrEqual(Date.parse(event.opensAt));
  }
  for (const web of webs) {
    const { serverTime } = await world().client.event(event.id, web);
    expect(Math.abs(Date.parse(serverTime) - Date.now())).toBeLessThan(CLOCK_TOLERANCE_MS);
  }
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
});

test("after the close the answer is closed, and no seat is taken", async () => {
  const event = await world().createEvent({ closesAt: "+3s" });
  await until("the close", async () => (await world().client.event(event.id)).state === "closed");
  const users = await world().client.signInMany("late", 20);
  for (const web of webs) {
    const answers = await Promise.all(users.map((user) => user.press(event.id, web)));
    expect(tally(answers)).toEqual({ closed: 20 });
  }
  await expectNoSeat(event.id);
});

test("a pause is obeyed by everyone when the command returns, and lifted by the next one", async () => {
  const event = await world().createEvent({ limit: 3 });
  await world().setEvent(event.id, { status: "paused" });
  const users = await world().client.signInMany("patient", 6);
  const paused = await Promise.all(users.map((user, index) => user.press(event.id, index % 2)));
  expect(tally(paused)).toEqual({ paused: 6 });
  await expectNoSeat(event.id);

  await world().setEvent(event.id, { status: "active" });
  const answers = await Promise.all(users.map((user) => user.press(event.id)));
  expect(tally(answers)).toEqual({ won: 3, sold_out: 3 });
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
});

test("a pause in the middle of a crowd: no seat is handed out after the command has returned", async () => {
  const event = await world().createEvent({ limit: 100_000 });
  const crowd = { answers: [] as ClaimAnswer[], leaves: false };
  const lanes = oneTo(20).map(async (lane) => {
    for (let turn = 1; !crowd.leaves; turn += 1) {
      const user = await world().client.signIn(`running-${lane}-${turn}`);
      crowd.answers.push(await user.press(event.id));
    }
  });
  await until("the first seats", async () => crowd.answers.length > 0);

  await world().setEvent(event.id, { status: "paused" });
  const seatsThen = (await seatsOf(world(), event.id)).size;
  const heardThen = crowd.answers.length;
  await until("the crowd to go on", async () => crowd.answers.length > heardThen + 100);
  crowd.leaves = true;
  await Promise.all(lanes);

  expect(tally(crowd.answers)).toEqual({ won: seatsThen, paused: expect.any(Number) });
  expect((await seatsOf(world(), event.id)).size).toBe(seatsThen);
  expect((await audit(world(), event.id, [])).problems).toEqual([]);
});

test("new stock goes out when the limit is raised, up to the new limit and no further", async () => {
  const event = await world().createEvent({ limit: 5 });
  const users = await world().client.signInMany("stock", 12);
  const before = await Promise.all(users.map((user) => user.press(event.id)));
  expect(tally(before)).toEqual({ won: 5, sold_out: 7 });
  expect((await audit(world(), event.id, users)).problems).toEqual([]);

  await world().setEvent(event.id, { limit: 8 });
  const after = await Promise.all(users.map((user) => user.press(event.id)));
  expect(tally(after)).toEqual({ won: 8, sold_out: 4 });
  expect(ranks(after)).toEqual(oneTo(8));
  // What was said before the raise was true then: the audit hears the winners of today only.
  expect((await audit(world(), event.id, [])).rows).toHaveLength(8);
});

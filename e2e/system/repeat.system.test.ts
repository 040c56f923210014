/** A winner who claims again hears the same rank, whatever has happened to the event or to the processes since. */
import { afterEach, beforeAll, expect, test } from "vitest";
import { audit } from "./audit.ts";
import { type ClaimAnswer, type EventView, oneTo, ranks, tally, type User } from "./client.ts";
import { testWorld } from "./world.ts";

const LIMIT = 5;
const world = testWorld({ own: ["kafka", "mysql"] });
let event: EventView;
let users: User[];
let winners: Map<User, number>;

beforeAll(async () => {
  event = await world().createEvent({ limit: LIMIT });
  users = await world().client.signInMany("winner", LIMIT + 3);
  const answers = await Promise.all(users.map((user) => user.press(event.id)));
  expect(ranks(answers)).toEqual(oneTo(LIMIT));
  winners = new Map(users.flatMap((user, i) => rankOf(user, answers[i])));
});

/** Whatever the test before did: everybody was told one thing only, and it is true. */
afterEach(async () => {
  expect((await audit(world(), event.id, users)).problems).toEqual([]);
});

function rankOf(user: User, answer: ClaimAnswer | undefined): [User, number][] {
  return answer?.status === "won" ? [[user, answer.rank]] : [];
}

async function everyWinnerHearsTheSameRank(): Promise<void> {
  for (const web of world().webs.keys()) {
    const again = await Promise.all([...winners.keys()].map((user) => user.press(event.id, web)));
    expect(again).toEqual(
      [...winners.values()].map((rank) => expect.objectContaining({ status: "won", rank, repeat: true })),
    );
  }
}

test("after the event is sold out", async () => {
  const losers = users.filter((user) => !winners.has(user));
  expect(tally(await Promise.all(losers.map((user) => user.press(event.id))))).toEqual({ sold_out: 3 });
  await everyWinnerHearsTheSameRank();
});

test("after a restart of the web processes", async () => {
  await Promise.all(world().webs.map((web) => web.stop()));
  await Promise.all(world().webs.map((web) => web.start()));
  await everyWinnerHearsTheSameRank();
});

test("while and after Redis is killed and started again", async () => {
  const redis = world().server("redis");
  await redis.kill("SIGKILL");
  const meanwhile = Promise.all([...winners.keys()].map((user) => user.press(event.id)));
  await redis.start();
  expect(ranks(await meanwhile)).toEqual(oneTo(LIMIT));
  await world().gateIsOpen(event.id);
  await everyWinnerHearsTheSameRank();
});

test("after Redis has forgotten everything", async () => {
  await world().redis.flushall();
  const meanwhile = Promise.all([...winners.keys()].map((user) => user.press(event.id)));
  expect(ranks(await meanwhile)).toEqual(oneTo(LIMIT));
  await world().gateIsOpen(event.id);
  await everyWinnerHearsTheSameRank();
});

test("after a restart of everything", async () => {
  const { webs, worker, server } = world();
  const services = (["redis", "kafka", "mysql"] as const).map(server);
  await Promise.all([...webs, worker].map((process) => process.stop()));
  await Promise.all(services.map((service) => service.stop()));
  await Promise.all(services.map((service) => service.start()));
  await Promise.all([...webs, worker].map((process) => process.start()));
  await world().gateIsOpen(event.id);
  await everyWinnerHearsTheSameRank();
});

test("after the event is closed", async () => {
  await world().setEvent(event.id, { status: "closed" });
  const latecomer = await world().client.signIn("latecomer");
  expect(await latecomer.press(event.id)).toEqual({ status: "closed" });
  await everyWinnerHearsTheSameRank();
});

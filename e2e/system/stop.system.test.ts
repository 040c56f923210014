/** Stopping well: SIGTERM under load breaks no promise, and the process ends with exit code 0. */
import { expect, test } from "vitest";
import { audit, rowsOf, seatsOf } from "./audit.ts";
import { tally } from "./client.ts";
import { type Load, pressWithoutEnd } from "./load.ts";
import { until } from "./until.ts";
import { testWorld } from "./world.ts";

const world = testWorld();

test("a web process that is asked to stop answers every request it accepted, and exits with 0", async () => {
  const event = await world().createEvent({ limit: 10_000 });
  const [web] = world().webs;
  const load: Load = pressWithoutEnd({ base: world().bases[0] ?? "", eventId: event.id, callers: 100 });
  await until("the load", async () => load.answered() > 1000);
  web?.signal("SIGTERM");
  expect(await web?.exit()).toBe(0);
  const { statuses, broken, refused } = await load.end();

  expect(Object.keys(statuses)).toEqual(["200"]);
  expect(broken).toEqual([]);
  expect(refused).toBe(100);
  await web?.start();
  const { problems } = await audit(world(), event.id, []);
  expect(problems).toEqual([]);
  const told = load.won();
  const rows = new Map((await rowsOf(world(), event.id)).map(({ userId, rank }) => [userId, rank]));
  expect([...told].filter(([userId, rank]) => rows.get(userId) !== rank)).toEqual([]);
});

test("a worker that is asked to stop in the middle of a crowd exits with 0, and nothing is lost", async () => {
  const event = await world().createEvent({ limit: 500 });
  const users = await world().client.signInMany("leaving", 600);
  const answers = Promise.all(users.map((user) => user.press(event.id)));
  await until("the first seats", async () => (await seatsOf(world(), event.id)).size > 0, { everyMs: 1 });
  world().worker.signal("SIGTERM");
  expect(await world().worker.exit()).toBe(0);
  expect(tally(await answers)).toEqual({ won: 500, sold_out: 100 });

  await world().worker.start();
  const { rows, problems } = await audit(world(), event.id, users);
  expect(problems).toEqual([]);
  expect(rows).toHaveLength(500);
});

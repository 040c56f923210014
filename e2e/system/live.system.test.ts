/** Live numbers from real processes: across a restart of Redis, and until the process stops. */
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { until } from "./until.ts";
import { testWorld } from "./world.ts";

const world = testWorld({ webs: 1 });
const streams: { close: () => void }[] = [];
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
});

type View = { remaining: number | null; state: string; asOf: string };

/** Listens as a browser does. @returns what was told so far, and whether the connection has ended */
function listenTo(eventId: number): { views: () => View[]; ended: () => boolean } {
  const { hostname, port } = new URL(world().bases[0] ?? "");
  const socket = connect(Number(port), hostname);
  let text = "";
  let ended = false;
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on("error", () => {});
  socket.once("close", () => {
    ended = true;
  });
  const target = `/api/trpc/event.live?input=${encodeURIComponent(JSON.stringify({ eventId }))}`;
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`);
  streams.push({ close: () => socket.destroy() });
  return {
    views: () => [...text.matchAll(/^data: (\{"id".*\})$/gm)].map(([, json]) => JSON.parse(json ?? "")),
    ended: () => ended,
  };
}

const last = (views: View[]) => views.at(-1)?.remaining;

test("while Redis is restarted the number is unknown, then it is there again, and no view is older than the one before", async () => {
  const event = await world().createEvent({ limit: 10 });
  const { views, ended } = listenTo(event.id);
  await until("the first view", async () => last(views()) === 10);
  const [first] = await world().client.signInMany("live", 1);
  await first?.press(event.id);
  await until("the claim", async () => last(views()) === 9);

  const redis = world().server("redis");
  await redis.kill("SIGKILL");
  await until("nobody to know", async () => views().at(-1)?.remaining === null);
  expect(views().at(-1)?.state).toBe("open");
  await redis.start();
  await until("the number again", async () => last(views()) === 9);
  expect(views().map(({ remaining }) => remaining)).toEqual([10, 9, null, 9]);
  expect(views().map(({ asOf }) => asOf)).toEqual(
    views()
      .map(({ asOf }) => asOf)
      .toSorted(),
  );
  expect(ended()).toBe(false);
});

test("a process that is told to stop ends its streams at once, and with 0", async () => {
  const event = await world().createEvent({ limit: 10 });
  const open = [listenTo(event.id), listenTo(event.id)];
  await until("the first views", async () => open.every(({ views }) => last(views()) === 10));
  const [web] = world().webs;
  const startedMs = performance.now();
  web?.signal("SIGTERM");
  expect(await web?.exit()).toBe(0);
  // What is under way would be waited for, eight seconds long.
  expect(performance.now() - startedMs).toBeLessThan(6_000);
  await until("the end of the streams", async () => open.every(({ ended }) => ended()));
  await web?.start();
});

/** event.live over real sockets: what a listener gets, whoever is slow, gone or one too many, and how it ends. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createTRPCClient, httpSubscriptionLink } from "@trpc/client";
import { EventSource } from "undici";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { systemClock } from "#server/clock";
import { createLiveEvents } from "#server/coupon/live";
import { silentReporter } from "#server/coupon/model/silent-reporter";
import { listen } from "#server/listen";
import type { AppRouter } from "#server/trpc/router";
import { exchange, open, requestBytes } from "../../e2e/attacks/wire.ts";
import { type LiveStreamOptions, liveStream } from "./live-stream.ts";
import { officialLane } from "./official-lane.ts";
import { requestPath } from "./request-path.ts";
import { fakeServices, NOW_MS, openTestDoor } from "./testing.ts";

const TARGET = `/api/trpc/event.live?input=${encodeURIComponent('{"eventId":1}')}`;

/** A slow reader has some megabytes to read, and a busy machine takes its time. */
vi.setConfig({ testTimeout: 30_000 });

let services: ReturnType<typeof fakeServices>;
/** what the event has to show from now on */
let remaining: number;
let counts: Record<string, number>;

beforeEach(() => {
  services = fakeServices();
  remaining = 7;
  counts = {};
  letListen({ all: 100, ofEvent: 100 });
});

function letListen(max: { all: number; ofEvent: number }): void {
  const { get } = fakeServices().events;
  services.events.get = async (eventId) => ({ ...(await get(eventId)), remaining });
  services.live = createLiveEvents({
    directory: { find: async (eventId) => (eventId === 1 ? (await get(1)).event : null) },
    views: services.events,
    clock: systemClock(),
    reporter: {
      ...silentReporter,
      count: (name, amount = 1) => {
        counts[name] = (counts[name] ?? 0) + amount;
      },
      gauge: (name, value) => {
        counts[name] = value;
      },
    },
    max,
  });
  onTestFinished(() => services.live.close());
}

/** The numbers in what came over the wire. */
function heard(text: string): number[] {
  return [...text.matchAll(/"remaining":(\d+)/g)].map(([, number]) => Number(number));
}

async function openDoor(options: Parameters<typeof openTestDoor>[0] = {}) {
  const door = await openTestDoor({ services, ...options });
  onTestFinished(() => door[Symbol.asyncDispose]());
  return door;
}

describe("a listener", () => {
  test("gets a stream that no proxy keeps, then how things stand, then each change and nothing else", async () => {
    const door = await openDoor();
    const { text } = listenTo(door.origin);
    await expect.poll(() => heard(text())).toEqual([7]);
    expect(text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    for (const header of [
      "Content-Type: text/event-stream",
      "Cache-Control: no-cache, no-transform",
      "X-Accel-Buffering: no",
      "Connection: close",
      "X-Content-Type-Options: nosniff",
    ])
      expect(text()).toContain(`\r\n${header}\r\n`);
    remaining = 6;
    await expect.poll(() => heard(text())).toEqual([7, 6]);
    const { length } = text();
    await looksPass(3);
    expect(text()).toHaveLength(length);
  });

  test("is forgotten when it leaves, and nobody looks at the event any more", async () => {
    const door = await openDoor();
    const { socket, text } = listenTo(door.origin);
    await expect.poll(() => heard(text())).toEqual([7]);
    expect(counts.live_listeners).toBe(1);
    socket.destroy();
    await expect.poll(() => counts.live_listeners).toBe(0);
    expect(door.observed).toMatchObject([{ route: "event.live", status: 200 }]);
  });

  test("that asked behind a page which takes its time hears after the page", async () => {
    let finish = () => {};
    const page = {
      async handle(_req: unknown, res: ServerResponse) {
        finish = () => res.end("late");
      },
    };
    const door = await openDoor({ pages: page });
    const { socket, text } = open(door.origin);
    onTestFinished(() => void socket.destroy());
    socket.write(Buffer.concat([requestBytes({ target: "/" }), requestBytes({ target: TARGET })]));
    await expect.poll(() => counts.live_listeners).toBe(1);
    await looksPass(2);
    expect(text()).toBe("");
    finish();
    await expect.poll(() => heard(text())).toEqual([7]);
    expect(text().indexOf("late")).toBeLessThan(text().indexOf("text/event-stream"));
  });
});

describe("is refused before a stream begins", () => {
  const refused = async (target: string, method = "GET") => {
    const { answers } = await exchange(
      (await openDoor()).origin,
      requestBytes({ target, method, ...(method === "POST" ? { body: "{}" } : {}) }),
    );
    const [answer] = answers;
    const { error } = JSON.parse(answer?.body ?? "");
    return { status: answer?.status, code: error.data.code, headers: answer?.headers };
  };
  const withInput = (input: string) => `/api/trpc/event.live?input=${encodeURIComponent(input)}`;

  test("an event that does not exist", async () => {
    expect(await refused(withInput('{"eventId":2}'))).toMatchObject({ status: 404, code: "NOT_FOUND" });
  });

  test("an input that is none, also with more around it", async () => {
    for (const target of [
      "/api/trpc/event.live",
      withInput("{"),
      withInput('{"eventId":"1"}'),
      `${withInput("1")}&x=1`,
    ])
      expect(await refused(target), target).toMatchObject({ status: 400, code: "BAD_REQUEST" });
  });

  test("another method", async () => {
    const { headers, ...answer } = await refused(TARGET, "POST");
    expect(answer).toEqual({ status: 405, code: "METHOD_NOT_SUPPORTED" });
    expect(headers?.get("allow")).toEqual(["GET"]);
  });

  test.each([
    ["process", { all: 2, ofEvent: 9 }],
    ["event", { all: 9, ofEvent: 2 }],
  ])("whoever is one too many for the %s, with the time to come again", async (_of, max) => {
    letListen(max);
    const door = await openDoor();
    const first = listenTo(door.origin);
    listenTo(door.origin);
    await expect.poll(() => counts.live_listeners).toBe(2);
    const answer = await refused(TARGET);
    expect(answer).toMatchObject({ status: 429, code: "TOO_MANY_REQUESTS" });
    expect(answer.headers?.get("retry-after")).toEqual(["1"]);
    first.socket.destroy();
    await expect.poll(() => counts.live_listeners).toBe(1);
    expect(heard(await firstWords(door.origin))).toEqual([7]);
  });
});

describe("a slow reader", () => {
  test("keeps nobody waiting, fills no memory, and gets the newest view when it reads again", async () => {
    const { origin, sockets } = await openLane({ tickMs: 20 });
    const slow = listenTo(origin);
    await expect.poll(() => heard(slow.text())).toEqual([7]);
    slow.socket.pause();
    const server = sockets()[0] as Socket;
    fill(server);
    const stuck = server.writableLength;
    const quick = listenTo(origin);
    for (remaining = 6; remaining > 2; remaining -= 1) {
      const now = remaining;
      await expect.poll(() => heard(quick.text()).at(-1)).toBe(now);
    }
    expect(server.writableLength).toBe(stuck);
    expect(counts.live_skipped).toBeGreaterThanOrEqual(3);
    slow.socket.resume();
    const last = () => heard(slow.text().slice(-2_000)).at(-1);
    await expect.poll(last, { timeout: 20_000 }).toBe(remaining + 1);
    expect(heard(slow.text())).toHaveLength(2);
  });
});

describe("a quiet stream", () => {
  test("is pinged, so that nobody on the way takes it for dead", async () => {
    const { origin } = await openLane({ pingEveryMs: 30, tickMs: 10 });
    const { text } = listenTo(origin);
    await expect.poll(() => text().split("event: ping\ndata: \n\n").length).toBeGreaterThan(3);
    expect(heard(text())).toEqual([7]);
  });

  test("ends by itself after its time, without an end of the subscription", async () => {
    const { origin } = await openLane({ lifeMs: { shortest: 50, longest: 50 }, tickMs: 10 });
    const { text, closed } = listenTo(origin);
    await expect.poll(closed).toBe(true);
    expect(text()).not.toContain("event: return");
    await expect.poll(() => counts.live_listeners).toBe(0);
  });

  test("tells each browser another time to come back", async () => {
    const { origin } = await openLane();
    const pauses = await Promise.all(Array.from({ length: 8 }, () => firstWords(origin)));
    const told = pauses.map((text) => Number(/\nretry: (\d+)\n/.exec(text)?.[1]));
    expect(new Set(told).size).toBeGreaterThan(4);
    for (const pause of told) expect(pause >= 1_000 && pause <= 5_000, String(pause)).toBe(true);
  });
});

test("a process that stops ends every stream at once, also of who does not read, and lets nobody in", async () => {
  const { origin, sockets, close } = await openLane();
  const [one, stuck] = [listenTo(origin), listenTo(origin)];
  await expect.poll(() => [heard(one.text()), heard(stuck.text())]).toEqual([[7], [7]]);
  stuck.socket.pause();
  for (const socket of sockets()) if (socket.remotePort === stuck.socket.localPort) fill(socket);
  const closing = close(60_000);
  services.live.close();
  expect(await closing).toBe(true);
  await expect.poll(one.closed).toBe(true);
  await expect(services.live.admit(1)).rejects.toThrow("too many");
});

const lanes = { "the stream of the front door": openLane, "tRPC's own handler": openOfficial };

test.each(Object.entries(lanes))(
  "when the process stops, %s ends the connection and not the subscription",
  async (_title, openIt) => {
    const { origin } = await openIt();
    const { text, closed } = listenTo(origin);
    await expect.poll(() => heard(text())).toEqual([7]);
    services.live.close();
    await expect.poll(() => closed() || text().endsWith("0\r\n\r\n")).toBe(true);
    expect(text()).not.toContain("event: return");
    expect(text()).not.toContain("error");
  },
);

describe("the official client", () => {
  test.each(Object.entries(lanes))("hears the same from %s", async (_title, openIt) => {
    const { origin } = await openIt();
    const views: unknown[] = [];
    const states: string[] = [];
    const client = createTRPCClient<AppRouter>({
      links: [httpSubscriptionLink({ url: `${origin}/api/trpc`, EventSource })],
    });
    const subscription = client.event.live.subscribe(
      { eventId: 1 },
      {
        onData: (view) => views.push(view),
        onConnectionStateChange: ({ state }) => states.push(state),
        onError: (error) => states.push(String(error)),
      },
    );
    onTestFinished(() => subscription.unsubscribe());
    await expect.poll(() => views.length).toBe(1);
    remaining = 6;
    await expect.poll(() => views.length).toBe(2);
    const time = new Date(NOW_MS).toISOString();
    expect(views).toMatchObject([
      { id: 1, remaining: 7, state: "open", serverTime: time, asOf: time },
      { id: 1, remaining: 6 },
    ]);
    expect(states).toEqual(["connecting", "pending"]);
    subscription.unsubscribe();
    await expect.poll(() => counts.live_listeners).toBe(0);
  });

  test("could not tell the two by a single byte, but for the time to come back", async () => {
    const [ours, official] = [await openLane(), await openOfficial()];
    const [one, other] = [await bodyOf(ours.origin), await bodyOf(official.origin)];
    expect(one.replace(/retry: \d+\n/, "")).toBe(other);
    expect(other).toContain("event: connected");
  });

  test.each(Object.entries(lanes))("comes back when %s ends the connection", async (_title, openIt) => {
    const { origin, sockets } = await openIt();
    const source = new EventSource(`${origin}${TARGET}`, { node: { reconnectionTime: 10 } });
    onTestFinished(() => source.close());
    let messages = 0;
    source.addEventListener("message", () => {
      messages += 1;
    });
    await expect.poll(() => messages).toBe(1);
    for (const socket of sockets()) socket.destroy();
    await expect.poll(() => messages, { timeout: 10_000 }).toBe(2);
  });
});

/** The body of a stream up to its second view, without the chunks that one of the lanes puts it in. */
async function bodyOf(origin: string): Promise<string> {
  remaining = 7;
  const response = await fetch(`${origin}${TARGET}`);
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes as Uint8Array).toString();
    if (heard(text).length === 1) remaining = 6;
    if (heard(text).length === 2 && text.endsWith("\n\n\n")) break;
  }
  return text;
}

function listenTo(origin: string) {
  const connection = open(origin);
  onTestFinished(() => void connection.socket.destroy());
  connection.socket.write(requestBytes({ target: TARGET }));
  return connection;
}

async function firstWords(origin: string): Promise<string> {
  const { text } = listenTo(origin);
  await expect.poll(() => heard(text()).length).toBe(1);
  return text();
}

/** Until the event was looked at so many times more. */
async function looksPass(times: number): Promise<void> {
  let looks = 0;
  const { get } = services.events;
  services.events.get = (eventId) => {
    looks += 1;
    return get(eventId);
  };
  await expect.poll(() => looks).toBeGreaterThanOrEqual(times);
}

/** Until the kernels of both sides hold as much as they want. */
function fill(socket: Socket): void {
  for (let mib = 0; mib < 64 && socket.writableLength === 0; mib += 1)
    socket.write(`:${"x".repeat(1 << 20)}\n`);
  expect(socket.writableLength).toBeGreaterThan(0);
}

type Lane = { origin: string; sockets: () => Socket[]; close: (deadlineMs: number) => Promise<boolean> };

async function openLane(options: Partial<LiveStreamOptions> = {}): Promise<Lane> {
  const door = await openDoor();
  const lane = liveStream(door.api, options);
  return openServer(
    createServer((req, res) => {
      const path = requestPath(req.url) ?? "";
      void lane({ req, res, path, requestId: "the-same-request" });
    }),
  );
}

async function openOfficial(): Promise<Lane> {
  const door = await openDoor();
  const lane = officialLane(door.api);
  return openServer(
    createServer((req, res) => {
      const path = requestPath(req.url) ?? "";
      void lane({ req, res, path, requestId: "the-same-request" });
    }),
  );
}

async function openServer(server: Server): Promise<Lane> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const listener = await listen(server, { port: 0, host: "127.0.0.1" });
  onTestFinished(() => listener.close(0).then(() => {}));
  return {
    origin: `http://127.0.0.1:${listener.port}`,
    sockets: () => [...sockets],
    close: listener.close,
  };
}

/**
 * The process that the part about live numbers measures: the streams of one event, in our lane or in tRPC's own. The part
 * asks it at PORT; the streams have a port of their own, so that being asked is no part of them.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createHealth } from "#server/health";
import { createFrontDoor } from "#server/http/front-door";
import { officialLane } from "#server/http/official-lane";
import { requestPath } from "#server/http/request-path";
import { noPages } from "#server/pages";
import { claimLimit } from "#server/trpc/claim-limit";
import type { Api } from "#server/trpc/context";
import { signedSessions } from "#server/trpc/session";
import type { Answers } from "./questions.ts";
import { liveUseCases } from "./use-cases.ts";

const { BENCH_LANE, PORT, SESSION_KEYS = "" } = process.env;
/** Between two collections: what the first one has let go of may keep other things until its callbacks have run. */
const COLLECT_AGAIN_MS = 500;

const { services, change, listeners } = liveUseCases();
const api: Api = {
  services,
  authMode: "demo",
  sessions: signedSessions({ keys: [SESSION_KEYS], secure: false, mode: "demo", nowMs: Date.now }),
  claimLimit: claimLimit(0),
  publicOrigin: null,
  log: { debug() {}, error: (fields, message) => console.error(message, fields) },
};
const streams = BENCH_LANE === "trpc" ? bareServer() : frontDoor();
await new Promise<void>((resolve) => streams.listen(0, "127.0.0.1", resolve));

/** As the product has it, without pages. */
function frontDoor(): Server {
  return createFrontDoor({
    api,
    health: createHealth({ probes: {}, nowMs: () => performance.now() }),
    signIn: null,
    pages: noPages(),
    dev: false,
    assets: null,
    pageMemory: null,
    publicUrl: null,
    trustedProxies: [],
    observe() {},
  });
}

/** Nothing before tRPC's own handler: no checks, no headers, no limits. */
function bareServer(): Server {
  const answer = officialLane(api);
  return createServer((req, res) => {
    void answer({ req, res, path: requestPath(req.url) ?? "/", requestId: "a-listener" });
  });
}

const answers: { [Q in keyof Answers]: () => Answers[Q] | Promise<Answers[Q]> } = {
  "/": () => ({ port: (streams.address() as AddressInfo).port, listeners: listeners() }),
  "/changing": () => changing(true),
  "/quiet": () => changing(false),
  "/memory": memory,
  "/usage": () => {
    const { user, system } = process.cpuUsage();
    return { cpuUs: user + system, atMs: performance.now() };
  },
};

function changing(changes: boolean): Record<string, never> {
  change(changes);
  return {};
}

async function memory(): Promise<Answers["/memory"]> {
  collectEverything();
  await sleep(COLLECT_AGAIN_MS);
  collectEverything();
  const { rss, heapUsed } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed };
}

/**
 * Also gives back what V8 would keep for later. Listeners would move into such room without a trace in resident memory,
 * and the lane that needs less would look better than it is.
 */
function collectEverything(): void {
  if (globalThis.gc === undefined) throw new Error("to be run with --expose-gc");
  globalThis.gc({ type: "major", execution: "sync", flavor: "last-resort" });
}

createServer(async (req, res) => {
  res.end(JSON.stringify(await answers[req.url as keyof Answers]()));
}).listen(Number(PORT), "127.0.0.1");

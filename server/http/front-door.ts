/** The web process's HTTP server: limits, headers and ids for every request, then the API, the probes or a page. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerHealth, type Health } from "#server/health";
import type { Api } from "#server/trpc/context";
import { answerText } from "./answers.ts";
import { API_PREFIX } from "./api-call.ts";
import { apiHandler } from "./api-handler.ts";
import type { Assets } from "./assets.ts";
import { LineIsFullError } from "./at-most.ts";
import { createCallerOf, UNKNOWN_ADDRESS } from "./caller.ts";
import { createFramingCheck } from "./framing.ts";
import type { PageMemory } from "./page-memory.ts";
import type { Pages } from "./pages.ts";
import { callNamed } from "./plain-call.ts";
import { isOurHost, setPublicAddress } from "./public-address.ts";
import { requestPath } from "./request-path.ts";
import { responseWith } from "./response.ts";
import { securityHeaders, setPagePolicy } from "./security-headers.ts";
import { AUTH_PREFIX, type SignInHandler } from "./sign-in-routes.ts";
import { refuseUnreadable } from "./unreadable.ts";

/** Each limit bounds what one caller can hold on to. */
const limits = {
  /** cookies and nonces fit in a quarter of it */
  maxHeaderSize: 16 * 1024,
  /** a slow sender of headers, or of a 16 KiB body, is cut off */
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  /** longer than the usual minute of balancers, so that they close idle connections first */
  keepAliveTimeout: 65_000,
  /** we look at it ourselves: Node's own answer has no words, and it lets two Hosts pass */
  requireHostHeader: false,
};
/** Whoever does not take an answer for this long is cut off; the memory of the answer is ours. */
const SILENCE_MAX_MS = 30_000;
const CONNECTIONS_MAX = 20_000;
/** A connection is closed now and then, so that a balancer can spread its clients anew. */
const REQUESTS_PER_SOCKET_MAX = 10_000;

export type FrontDoorOptions = {
  api: Api;
  health: Health;
  /** answers below /auth/; null in the demo, which has nothing there */
  signIn: SignInHandler | null;
  pages: Pages;
  /** development loosens the page policy and lets Next's own tools POST */
  dev: boolean;
  /** the files of the build; null in development, where Next answers for them */
  assets: Assets | null;
  /** the event pages; null in development, where Next makes each of them */
  pageMemory: PageMemory | null;
  /** the address that browsers know us by; null: whatever the Host header says */
  publicUrl: URL | null;
  /** whose X-Forwarded-For and X-Request-Id count: addresses and CIDR blocks */
  trustedProxies: readonly string[];
  /** told about every finished request; `route` is one of a small, fixed set of names */
  observe: (request: ObservedRequest) => void;
};

export type ObservedRequest = {
  route: string;
  status: number;
  ms: number;
  requestId: string;
  /** of the client, as far as trusted proxies tell; for the log only */
  address: string;
};

/** @returns a server that is not listening yet. Whatever names or forwards a caller is checked here, once. */
export function createFrontDoor(options: FrontDoorOptions): Server {
  const handleApi = apiHandler(options.api);
  const { health, signIn, pages, dev, assets, pageMemory, publicUrl } = options;
  const callerOf = createCallerOf(options.trustedProxies);
  const https = publicUrl?.protocol === "https:";

  const headers = securityHeaders(https);
  const Response = responseWith(headers);
  const framing = createFramingCheck();
  const answer = (req: IncomingMessage, res: InstanceType<typeof Response>) => {
    const framed = framing.arrived(req);
    if (framed === "too many at once") return void req.socket.destroy();
    const startedMs = performance.now();
    const { requestId, address } = callerOf(req);
    const path = requestPath(req.url);
    res.requestId = requestId;
    res.on("close", () => {
      framing.left(req);
      options.observe({
        route: routeName(path),
        status: res.statusCode,
        ms: performance.now() - startedMs,
        requestId,
        address,
      });
    });

    if (path === null || framed === "ambiguous") return turnAway(res, 400, "Bad request");
    if (req.headers.expect !== undefined && !isContinue(req.headers.expect))
      return turnAway(res, 417, "Expectation failed");
    if (path === "/healthz" || path === "/readyz") return void answerHealth(health, path, res);
    if (!isOurHost(req.headers.host, publicUrl)) return answerText(res, 421, "Misdirected request");
    if (path.startsWith(API_PREFIX)) return handleApi({ req, res, path, requestId });
    if (signIn !== null && path.startsWith(AUTH_PREFIX)) return void signIn({ req, res, path, requestId });
    if (!dev && req.method !== "GET" && req.method !== "HEAD") {
      res.setHeader("Allow", "GET, HEAD");
      return answerText(res, 405, "Method not allowed");
    }
    if (assets?.answer(req, res, path)) return;
    if (!dev && isOfFramework(path)) return answerText(res, 404, "Not found");
    const page = pageMemory?.answer(req, res, path) ?? pageByNext(req, res);
    page.catch((error) => answerFailure(res, { error, requestId }));
  };

  function pageByNext(req: IncomingMessage, res: ServerResponse): Promise<void> {
    setPublicAddress(req, publicUrl);
    setPagePolicy(req, res, { dev, https });
    return pages.handle(req, res);
  }

  function answerFailure(res: ServerResponse, failure: { error: unknown; requestId: string }): void {
    options.api.log.error(failure, "a page failed");
    if (res.headersSent) return void res.destroy();
    const busy = failure.error instanceof LineIsFullError;
    if (busy) res.setHeader("Retry-After", "1");
    const text = busy ? "Too busy just now, please try again." : "Something went wrong on our side.";
    answerText(res, busy ? 503 : 500, `${text} Request id: ${failure.requestId}`);
  }

  const server = createServer({ ...limits, ServerResponse: Response }, answer);
  server.on("checkExpectation", (req, res) => server.emit("request", req, res));
  refuseUnreadable(server, {
    headers,
    observe: (refusal) => options.observe({ ...refusal, route: "bad", ms: 0, address: UNKNOWN_ADDRESS }),
  });
  server.timeout = SILENCE_MAX_MS;
  server.maxConnections = CONNECTIONS_MAX;
  server.maxRequestsPerSocket = REQUESTS_PER_SOCKET_MAX;
  // Only development has something to upgrade to.
  const { upgrade } = pages;
  if (upgrade !== undefined)
    server.on("upgrade", (req, socket, head) => upgrade(req, socket, head).catch(() => socket.destroy()));
  return server;
}

/** Next answers some paths that are no pages of ours, such as its own page for errors. */
function isOfFramework(path: string): boolean {
  return decodeURIComponent(path).startsWith("/_");
}

/** The one expectation that HTTP knows; Node has answered it by then. */
function isContinue(expectation: string): boolean {
  return expectation.toLowerCase() === "100-continue";
}

/** For what no browser sends: whatever comes behind it on this connection is not wanted. */
function turnAway(res: ServerResponse, status: number, text: string): void {
  res.setHeader("Connection", "close");
  answerText(res, status, text);
}

/** A small set of names, whatever callers ask for: they become labels of metrics. */
function routeName(path: string | null): string {
  if (path === null) return "bad";
  if (path === "/healthz" || path === "/readyz") return "health";
  if (path.startsWith(AUTH_PREFIX)) return "auth";
  if (!path.startsWith(API_PREFIX)) return path.startsWith("/_next/") ? "asset" : "page";
  const procedure = path.slice(API_PREFIX.length);
  if (procedure.includes(",")) return "batch";
  return callNamed(procedure) === undefined ? "unknown" : procedure;
}

/** The web process's HTTP server: limits, headers and ids for every request, then the API, the probes or a page. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { answerHealth, type Health } from "#server/health";
import type { Api } from "#server/trpc/context";
import { appRouter } from "#server/trpc/router";
import { answerText } from "./answers.ts";
import { API_PREFIX, apiHandler } from "./api-handler.ts";
import { requestIdOf } from "./request-id.ts";
import { requestPath } from "./request-path.ts";
import { setPagePolicy, setSecurityHeaders } from "./security-headers.ts";

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
};
const CONNECTIONS_MAX = 20_000;
/** A connection is closed now and then, so that a balancer can spread its clients anew. */
const REQUESTS_PER_SOCKET_MAX = 10_000;

/** Answers pages; in production and development this is Next. */
export type Pages = {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** development only: the socket that tells the browser about changed files */
  upgrade?(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
};

export type FrontDoorOptions = {
  api: Api;
  health: Health;
  pages: Pages;
  /** development loosens the page policy and lets Next's own tools POST */
  dev: boolean;
  /** whether browsers reach us by https */
  https: boolean;
  /** told about every finished request; `route` is one of a small, fixed set of names */
  observe: (request: { route: string; status: number; ms: number; requestId: string }) => void;
};

/** @returns a server that is not listening yet. Forwarded-* headers are not trusted and not read. */
export function createFrontDoor(options: FrontDoorOptions): Server {
  const handleApi = apiHandler(options.api);
  const { health, pages, dev, https } = options;

  const server = createServer(limits, (req, res) => {
    const startedMs = performance.now();
    const requestId = requestIdOf(req.headers["x-request-id"]);
    const path = requestPath(req.url);
    res.setHeader("X-Request-Id", requestId);
    setSecurityHeaders(res, https);
    res.once("close", () =>
      options.observe({
        route: routeName(path),
        status: res.statusCode,
        ms: performance.now() - startedMs,
        requestId,
      }),
    );

    if (path === null) return answerText(res, 400, "Bad request");
    if (path === "/healthz" || path === "/readyz") return void answerHealth(health, path, res);
    if (path.startsWith(API_PREFIX)) return void handleApi({ req, res, path, requestId });
    if (!dev && req.method !== "GET" && req.method !== "HEAD") {
      res.setHeader("Allow", "GET, HEAD");
      return answerText(res, 405, "Method not allowed");
    }
    setPagePolicy(req, res, { dev, https });
    pages.handle(req, res).catch((error) => {
      options.api.log.error({ error, requestId }, "a page failed");
      if (!res.headersSent)
        answerText(res, 500, `Something went wrong on our side. Request id: ${requestId}`);
      else res.destroy();
    });
  });

  server.maxConnections = CONNECTIONS_MAX;
  server.maxRequestsPerSocket = REQUESTS_PER_SOCKET_MAX;
  // Only development has something to upgrade to.
  const { upgrade } = pages;
  if (upgrade !== undefined)
    server.on("upgrade", (req, socket, head) => upgrade(req, socket, head).catch(() => socket.destroy()));
  return server;
}

/** A small set of names, whatever callers ask for: they become labels of metrics. */
function routeName(path: string | null): string {
  if (path === null) return "bad";
  if (path === "/healthz" || path === "/readyz") return "health";
  if (!path.startsWith(API_PREFIX)) return path.startsWith("/_next/") ? "asset" : "page";
  const procedure = path.slice(API_PREFIX.length);
  if (procedure.includes(",")) return "batch";
  return Object.hasOwn(appRouter._def.procedures, procedure) ? procedure : "unknown";
}

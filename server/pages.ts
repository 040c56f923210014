/** Next behind our own front door: it renders pages and nothing else. */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import type { Pages } from "./http/front-door.ts";

/** Where a page of ours stands in a visit, as Next's client tells it when it asks for the next one. */
const ROUTER_STATE = "next-router-state-tree";

/** Cookies of Next's draft mode, which we do not have: it answers strange ones with cookies of its own. */
const DRAFT_MODE = new Set(["__prerender_bypass", "__next_preview_data"]);

/** @param options.dev compiles pages when they are asked for; otherwise they come from `next build` */
export async function nextPages(options: { dev: boolean; host: string; port: number }): Promise<Pages> {
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  // Loading Next takes most of a second, which a process without pages should not wait for.
  const { default: next } = await import("next");
  const { parseAndValidateFlightRouterState: readRouterState } = await import(
    "next/dist/server/app-render/parse-and-validate-flight-router-state.js"
  );
  const app = next({
    dev: options.dev,
    dir: fileURLToPath(new URL("..", import.meta.url)),
    hostname: options.host,
    port: options.port,
    // Next would listen for upgrades on our own server, past every check and time limit of the front door. On one
    // that never listens it hears nothing.
    httpServer: createServer(),
  });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    async handle(req, res) {
      // Next answers a broken one with a 500 and a stack in the log; without it, it sends the whole page.
      if (throws(() => readRouterState(req.headers[ROUTER_STATE]))) delete req.headers[ROUTER_STATE];
      if (req.headers.cookie !== undefined) req.headers.cookie = withoutDraftMode(req.headers.cookie);
      await handle(req, res);
    },
    ...(options.dev ? { upgrade: app.getUpgradeHandler() } : {}),
  };
}

/** @param cookies the value of a Cookie header. @returns the same with the others alone */
export function withoutDraftMode(cookies: string): string {
  const nameOf = (cookie: string) => (cookie.split("=", 1)[0] ?? "").trim();
  return cookies
    .split(";")
    .filter((cookie) => !DRAFT_MODE.has(nameOf(cookie)))
    .join(";")
    .trim();
}

function throws(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch {
    return true;
  }
}

/** For a process that only serves the API. */
export function noPages(): Pages {
  return {
    handle: async (_req, res) => {
      res.statusCode = 404;
      res.setHeader("Content-Type", "text/plain; charset=utf-8");
      res.end("This process serves no pages.\n");
    },
  };
}

/** Next behind our own front door: it renders pages and nothing else. */
import { fileURLToPath } from "node:url";
import type { Pages } from "./http/front-door.ts";

/** @param options.dev compiles pages when they are asked for; otherwise they come from `next build` */
export async function nextPages(options: { dev: boolean; host: string; port: number }): Promise<Pages> {
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  // Loading Next takes most of a second, which a process without pages should not wait for.
  const { default: next } = await import("next");
  const app = next({
    dev: options.dev,
    dir: fileURLToPath(new URL("..", import.meta.url)),
    hostname: options.host,
    port: options.port,
  });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    handle: (req, res) => handle(req, res),
    ...(options.dev ? { upgrade: app.getUpgradeHandler() } : {}),
  };
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

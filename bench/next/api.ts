/**
 * The use cases for the route handler. They are put together outside of Next's bundle and handed over in the process, as
 * the product does it for its pages (server/deps.ts): a bundler would take every script of Redis for the same file.
 */
import type { Api } from "#server/trpc/context";

const KEY = Symbol.for("sunchak.bench.api");
const holder = globalThis as { [KEY]?: Api };

export function setApi(api: Api): void {
  holder[KEY] = api;
}

export function getApi(): Api {
  const api = holder[KEY];
  if (api === undefined) throw new Error("bench/next/start.ts has not run in this process");
  return api;
}

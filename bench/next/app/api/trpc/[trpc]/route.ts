/** The product's router behind tRPC's fetch adapter in a Next route handler, as the documentation of both shows it. */
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { systemClock } from "#server/clock";
import { webEnv } from "#server/env";
import { createLog } from "#server/log";
import { createMetrics } from "#server/metrics";
import { claimLimit } from "#server/trpc/claim-limit";
import { type Api, type Context, innerContext } from "#server/trpc/context";
import { appRouter } from "#server/trpc/router";
import { signedSessions } from "#server/trpc/session";
import { openWebParts } from "#server/web-parts";

export const dynamic = "force-dynamic";

/** Once in the process, and not while Next only builds. */
let api: Promise<Api> | null = null;

async function open(): Promise<Api> {
  const env = webEnv();
  const log = createLog({ process: "web", level: env.LOG_LEVEL });
  const clock = systemClock();
  const parts = openWebParts({ env, clock, reporter: createMetrics(log).reporter });
  await parts.start((sentence) => log.fatal(sentence));
  return {
    services: parts.services,
    authMode: env.AUTH_MODE,
    sessions: signedSessions({
      keys: env.SESSION_KEYS,
      secure: false,
      mode: env.AUTH_MODE,
      nowMs: clock.wallMs,
    }),
    claimLimit: claimLimit(env.CLAIM_RATE_PER_USER),
    publicOrigin: null,
    log,
  };
}

async function answer(req: Request): Promise<Response> {
  api ??= open();
  const opened = await api;
  return await fetchRequestHandler({
    endpoint: "/api/trpc",
    req,
    router: appRouter,
    createContext: ({ resHeaders }): Context => ({
      ...innerContext(opened, { cookieHeader: req.headers.get("cookie") ?? undefined }),
      http: {
        headers: Object.fromEntries(req.headers),
        setCookie: (value) => resHeaders.append("set-cookie", value),
      },
    }),
  });
}

export { answer as GET, answer as POST };

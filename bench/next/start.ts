/** The use cases, put together as server/main.ts does it, and then `next start` in the same process. */
import { systemClock } from "#server/clock";
import { orExit, webEnv } from "#server/env";
import { createLog } from "#server/log";
import { createMetrics } from "#server/metrics";
import { claimLimit } from "#server/trpc/claim-limit";
import { signedSessions } from "#server/trpc/session";
import { openWebParts } from "#server/web-parts";
import { setApi } from "./api.ts";

const env = orExit(webEnv);
const log = createLog({ process: "web", level: env.LOG_LEVEL });
const clock = systemClock();
const parts = openWebParts({ env, clock, reporter: createMetrics(log).reporter });
await parts.start((sentence) => {
  log.fatal(sentence);
  process.exit(1);
});
setApi({
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
});

process.argv = [process.execPath, "next", "start", "bench/next", "-p", String(env.PORT), "-H", env.HOST];
await import("next/dist/bin/next");

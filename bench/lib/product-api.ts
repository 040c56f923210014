/** The use cases behind the API, put together as server/main.ts does it, for a candidate with another HTTP server in front. */
import { systemClock } from "#server/clock";
import { orExit, webEnv } from "#server/env";
import { createLog } from "#server/log";
import { createMetrics } from "#server/metrics";
import { claimLimit } from "#server/trpc/claim-limit";
import type { Api } from "#server/trpc/context";
import { signedSessions } from "#server/trpc/session";
import { openWebParts } from "#server/web-parts";

/** Reads the environment of this process; ends it with a sentence when a service cannot be used. */
export function openProductApi() {
  const env = orExit(webEnv);
  const log = createLog({ process: "web", level: env.LOG_LEVEL });
  const metrics = createMetrics(log);
  const clock = systemClock();
  const parts = openWebParts({ env, clock, reporter: metrics.reporter });
  const api: Api = {
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
  /** @returns when the epoch and the events are known */
  const start = (): Promise<void> =>
    parts.start((sentence) => {
      log.fatal(sentence);
      process.exit(1);
    });
  return { env, metrics, clock, api, probes: parts.probes, start };
}

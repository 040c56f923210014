/** The web process: environment -> parts -> listen -> stop well. */
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import { systemClock } from "./clock.ts";
import { setDeps } from "./deps.ts";
import { oidcSettings } from "./env/sign-in.ts";
import { orExit, webEnv } from "./env.ts";
import { createHealth, healthServer } from "./health.ts";
import { type Assets, createAssets } from "./http/assets.ts";
import { readBuildFiles } from "./http/build-files.ts";
import { createFrontDoor, type ObservedRequest } from "./http/front-door.ts";
import { signInAttempts } from "./http/sign-in-attempts.ts";
import { type SignInHandler, signInHandler } from "./http/sign-in-routes.ts";
import { onStopSignal } from "./life-cycle.ts";
import { CannotListenError, type Listener, listen } from "./listen.ts";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { oidcIdentityProvider } from "./oidc/identity-provider.ts";
import { nextPages, noPages } from "./pages.ts";
import { claimLimit } from "./trpc/claim-limit.ts";
import { type Api, innerContext } from "./trpc/context.ts";
import { createCaller } from "./trpc/router.ts";
import { signedSessions } from "./trpc/session.ts";
import { openWebParts } from "./web-parts.ts";

/** Longer than the longest claim (2.5 s) and a slow body; shorter than what supervisors wait before they kill. */
const IN_FLIGHT_DEADLINE_MS = 8_000;
const STOP_DEADLINE_MS = 15_000;

const env = orExit(webEnv);
const log = createLog({ process: "web", level: env.LOG_LEVEL });
const metrics = createMetrics(log);
const clock = systemClock();

const parts = openWebParts({ env, clock, reporter: metrics.reporter });
const health = createHealth({ probes: parts.probes, nowMs: clock.monotonicMs });
const publicUrl = env.PUBLIC_URL === undefined ? null : new URL(env.PUBLIC_URL);
const secure = publicUrl?.protocol === "https:";
const dev = env.NODE_ENV !== "production";

const api: Api = {
  services: parts.services,
  authMode: env.AUTH_MODE,
  sessions: signedSessions({
    keys: env.SESSION_KEYS,
    secure,
    mode: env.AUTH_MODE,
    nowMs: clock.wallMs,
  }),
  claimLimit: claimLimit(env.CLAIM_RATE_PER_USER),
  publicOrigin: publicUrl?.origin ?? null,
  log,
};
setDeps({
  caller: (cookieHeader) => createCaller(innerContext(api, { cookieHeader })),
  authMode: env.AUTH_MODE,
});

const listeners: Listener[] = [];
onStopSignal({ log, deadlineMs: STOP_DEADLINE_MS, stop });

try {
  // Operators can look at a process that is still starting.
  const operators = healthServer({ health, metrics: metrics.page });
  listeners.push(await listenAt("METRICS_PORT", operators));
  const pages = env.PAGES === "none" ? noPages() : await nextPages({ dev, host: env.HOST, port: env.PORT });
  const assets = env.PAGES === "none" || dev ? null : await buildAssets();
  const { TRUSTED_PROXIES: trustedProxies } = env;
  const frontDoor = createFrontDoor({
    api,
    health,
    signIn: signIn(),
    pages,
    dev,
    assets,
    publicUrl,
    trustedProxies,
    observe,
  });
  const listener = await listenAt("PORT", frontDoor);
  listeners.unshift(listener);
  log.info({ host: env.HOST, port: listener.port }, "listening");
  // After Next, whose loading blocks the process for so long that the first reads would time out.
  await parts.start(exit);
  health.ready();
  log.info("ready");
} catch (error) {
  if (error instanceof CannotListenError) exit(error.message);
  log.fatal({ error }, "the web process could not start");
  process.exit(1);
}

function listenAt(setting: "PORT" | "METRICS_PORT", server: Server): Promise<Listener> {
  return listen(server, { port: env[setting], host: env.HOST, setting });
}

/** The way to the OpenID Connect provider and back; the demo has none. */
function signIn(): SignInHandler | null {
  const settings = oidcSettings(env);
  if (settings === null) return null;
  const provider = oidcIdentityProvider({ settings, monotonicMs: clock.monotonicMs });
  const attempts = signInAttempts({ keys: env.SESSION_KEYS, secure, nowMs: clock.wallMs });
  return signInHandler({ provider, attempts, sessions: api.sessions, log });
}

/** Compressed in the background: until that is done, pages work and weigh more. */
async function buildAssets(): Promise<Assets> {
  const assets = createAssets(
    await readBuildFiles(fileURLToPath(new URL(`../${env.NEXT_DIST_DIR}`, import.meta.url))),
  );
  assets.compress().then(
    () => log.debug("the files of the build are compressed"),
    (error: unknown) => log.warn({ error }, "the files of the build stay uncompressed"),
  );
  return assets;
}

function observe(request: ObservedRequest): void {
  metrics.observeHttp(request);
  if (log.isLevelEnabled("debug")) log.debug(request, "request");
}

/** Out of the balancer first, then no new connections, then the last answers, then the adapters. */
async function stop(): Promise<boolean> {
  health.stopping();
  await clock.sleep(env.STOP_GRACE_MS);
  const [frontDoor, ...others] = listeners;
  const everyoneAnswered = (await frontDoor?.close(IN_FLIGHT_DEADLINE_MS)) ?? true;
  await parts.close();
  await Promise.all(others.map((listener) => listener.close(0)));
  return everyoneAnswered;
}

function exit(sentence: string): never {
  log.fatal(sentence);
  process.exit(1);
}

/** The web process with Next behind its front door, and no memory for event pages in between: Next makes each of them. */
import { setDeps } from "#server/deps";
import { createHealth } from "#server/health";
import { createFrontDoor } from "#server/http/front-door";
import { listen } from "#server/listen";
import { nextPages } from "#server/pages";
import { innerContext } from "#server/trpc/context";
import { createCaller } from "#server/trpc/router";
import { openProductApi } from "../../lib/product-api.ts";

const { env, metrics, clock, api, probes, start } = openProductApi();
const health = createHealth({ probes, nowMs: clock.monotonicMs });
setDeps({
  caller: (cookieHeader) => createCaller(innerContext(api, { cookieHeader })),
  authMode: env.AUTH_MODE,
});
const frontDoor = createFrontDoor({
  api,
  health,
  signIn: null,
  pages: await nextPages({ dev: false, host: env.HOST, port: env.PORT }),
  dev: false,
  assets: null,
  pageMemory: null,
  publicUrl: null,
  trustedProxies: env.TRUSTED_PROXIES,
  observe: metrics.observeHttp,
});
await listen(frontDoor, { port: env.PORT, host: env.HOST });
await start();
health.ready();

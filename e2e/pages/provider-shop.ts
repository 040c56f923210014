/** A second web process of the product under test, whose people a real provider implementation on this machine vouches for. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../stack/ports.mjs";
import { type Env, nodeProcess } from "../system/node-process.ts";
import { CLIENT, startRealProvider } from "../system/oidc/real-provider.ts";
import { COMMAND_ENV } from "./set-up.ts";

/** A product that runs elsewhere has the sign-in that it has. */
export function canStartShop(): boolean {
  return process.env[COMMAND_ENV] !== undefined;
}

/** @returns the addresses of shop and provider; both end with `cleanUp` */
export async function startShop(cleanUp: AsyncDisposableStack): Promise<{ shop: string; issuer: string }> {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-oidc-"));
  cleanUp.defer(() => rmSync(dir, { recursive: true, force: true }));
  const [port, metricsPort, providerPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const shop = `http://localhost:${port}`;
  const { issuer } = cleanUp.use(await startRealProvider({ port: providerPort, products: [shop] }));
  const web = nodeProcess({
    name: "web-oidc",
    entry: "server/main.ts",
    env: {
      ...(JSON.parse(process.env[COMMAND_ENV] ?? "{}") as Env),
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      PUBLIC_URL: shop,
      AUTH_MODE: "oidc",
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
    },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    logFile: join(dir, "web.log"),
  });
  cleanUp.defer(() => web.stop());
  await web.start();
  return { shop, issuer };
}

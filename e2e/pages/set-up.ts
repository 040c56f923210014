/**
 * Starts one product for all browser tests: a Redis of its own, the Kafka and MySQL of the environment, a worker
 * and a web process with pages. With BASE_URL in the environment it starts nothing and uses that product.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../stack/ports.mjs";
import { runCommand } from "../system/command.ts";
import { type Env, nodeProcess } from "../system/node-process.ts";
import { startServices } from "../system/services.ts";

/** The environment of the commands that the tests run, handed to the test processes as JSON. */
export const COMMAND_ENV = "E2E_COMMAND_ENV";

export default async function setUp(): Promise<() => Promise<void>> {
  if (process.env.BASE_URL) return async () => {};
  const cleanUp = new AsyncDisposableStack();
  try {
    const { baseUrl, env } = await startProduct(cleanUp);
    process.env.BASE_URL = baseUrl;
    process.env[COMMAND_ENV] = JSON.stringify(env);
  } catch (error) {
    await cleanUp.disposeAsync();
    throw error;
  }
  return () => cleanUp.disposeAsync();
}

async function startProduct(cleanUp: AsyncDisposableStack): Promise<{ baseUrl: string; env: Env }> {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-pages-"));
  cleanUp.defer(() => rmSync(dir, { recursive: true, force: true }));
  const services = await startServices({ dir, own: ["redis"], cleanUp });
  const [port, workerPort, metricsPort] = await Promise.all([freePort(), freePort(), freePort()]);
  // The browser's name for this machine: cookies and origins belong to a name, not to an address.
  const baseUrl = `http://localhost:${port}`;
  const env: Env = {
    ...services.env,
    PATH: process.env.PATH ?? "",
    HOME: process.env.HOME ?? "",
    NODE_ENV: "production",
    NEXT_DIST_DIR: process.env.NEXT_DIST_DIR ?? ".next",
    PORT: String(port),
    WORKER_PORT: String(workerPort),
    METRICS_PORT: String(metricsPort),
    PUBLIC_URL: baseUrl,
    AUTH_MODE: "demo",
    ALLOW_DEMO_IN_PRODUCTION: "yes",
    SESSION_KEYS: "a-key-that-only-these-tests-know-0002",
    LOG_LEVEL: "warn",
    // A rebuild takes this long and more: a page that looks every few seconds has to see it.
    EPOCH_LEASE_MS: "12000",
  };
  await runCommand("commands/migrate.ts", [], env);
  await services.grantRights();
  const processes = [
    process_({ kind: "worker", entry: "worker/main.ts", port: workerPort }),
    process_({ kind: "web", entry: "server/main.ts", port }),
  ];
  for (const started of processes) cleanUp.defer(() => started.stop());
  await Promise.all(processes.map((started) => started.start()));
  return { baseUrl, env };

  function process_(options: { kind: "web" | "worker"; entry: string; port: number }) {
    return nodeProcess({
      name: options.kind,
      entry: options.entry,
      env: { ...env, ...services.accounts[options.kind] },
      readyUrl: `http://127.0.0.1:${options.port}/readyz`,
      logFile: join(dir, `${options.kind}.log`),
    });
  }
}

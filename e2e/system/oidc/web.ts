/** One web process with none of its services: sign-in and sessions need nothing but the process itself. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../stack/ports.mjs";
import { nodeProcess } from "../node-process.ts";
import { baseEnv } from "../processes.ts";

/** Port 1 is nobody's: every connection to it is refused at once. */
const nothingIsUp = {
  REDIS_URL: "redis://127.0.0.1:1",
  KAFKA_BROKERS: "127.0.0.1:1",
  DATABASE_URL: "mysql://root@127.0.0.1:1/nowhere",
};

export type Web = {
  base: string /** all that it wrote */;
  log(): string;
  [Symbol.asyncDispose](): Promise<void>;
};

/** @param env what differs from the usual environment of system tests; PORT is a free one, PUBLIC_URL the own address */
export async function startWeb(env: Record<string, string>): Promise<Web> {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-sign-in-"));
  const port = env.PORT ?? String(await freePort());
  const base = `http://127.0.0.1:${port}`;
  const logFile = join(dir, "web.log");
  const web = nodeProcess({
    name: `web-${randomBytes(3).toString("hex")}`,
    entry: "server/main.ts",
    env: {
      ...baseEnv(),
      ...nothingIsUp,
      STOP_GRACE_MS: "0",
      PORT: port,
      METRICS_PORT: String(await freePort()),
      PUBLIC_URL: base,
      ...env,
    },
    readyUrl: `${base}/healthz`,
    logFile,
  });
  const remove = () => rmSync(dir, { recursive: true, force: true });
  await web.start().catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    base,
    log: () => readFileSync(logFile, "utf8"),
    [Symbol.asyncDispose]: async () => {
      await web.stop();
      remove();
    },
  };
}

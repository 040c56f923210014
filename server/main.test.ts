/** The life of the web process, with every service down: it starts, says so, and stops well. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";

/** A process takes a second to start, and several on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });

const started: ChildProcess[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** Port 1 is nobody's: every connection to it is refused at once. */
const nothingIsUp = {
  REDIS_URL: "redis://127.0.0.1:1",
  KAFKA_BROKERS: "127.0.0.1:1",
  DATABASE_URL: "mysql://root@127.0.0.1:1/nowhere",
  SESSION_KEYS: "0123456789abcdef0123456789abcdef",
  PAGES: "none",
  PORT: "0",
  METRICS_PORT: "0",
};

function startWeb(env: Record<string, string>) {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./main.ts", import.meta.url))], {
    env: { PATH: process.env.PATH, NODE_ENV: "development", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  return {
    output: () => output,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    exitCode: once(child, "exit").then(([code]) => code as number),
    /** @returns its origin, once it listens */
    async listening(): Promise<string> {
      await expect.poll(() => output, { timeout: 20_000 }).toContain('"msg":"listening"');
      return `http://127.0.0.1:${/"port":(\d+),"msg":"listening"/.exec(output)?.[1]}`;
    },
  };
}

test("a process whose services are all down is not ready, tells which are down, and claims no event list", async () => {
  const web = startWeb(nothingIsUp);
  const origin = await web.listening();
  const response = await fetch(`${origin}/readyz`);
  expect(response.status).toBe(503);
  expect((await fetch(`${origin}/api/trpc/event.list`)).status).toBe(500);
  expect(await response.json()).toMatchObject({
    state: "starting",
    dependencies: { redis: "down", mysql: "down", gate: "no lease" },
  });
  web.kill("SIGTERM");
  expect(await web.exitCode).toBe(0);
});

test("on SIGTERM it says so first, still answers, and then ends with 0", async () => {
  const web = startWeb({ ...nothingIsUp, STOP_GRACE_MS: "1500" });
  const origin = await web.listening();
  web.kill("SIGTERM");
  const state = async () => ((await (await fetch(`${origin}/readyz`)).json()) as { state: string }).state;
  await expect.poll(state).toBe("stopping");
  expect((await fetch(`${origin}/api/trpc/session.me`)).status).toBe(200);
  expect(await web.exitCode).toBe(0);
  await expect(fetch(`${origin}/healthz`)).rejects.toThrow();
});

test("a second signal ends it at once with 1", async () => {
  const web = startWeb({ ...nothingIsUp, STOP_GRACE_MS: "60000" });
  await web.listening();
  web.kill("SIGTERM");
  await expect.poll(web.output).toContain('"msg":"stopping"');
  web.kill("SIGINT");
  expect(await web.exitCode).toBe(1);
});

test("a wrong environment is told in one line for each variable, with 1", async () => {
  const web = startWeb({ ...nothingIsUp, PORT: "http", SESSION_KEYS: "", REDIS_URL: "localhost" });
  expect(await web.exitCode).toBe(1);
  const names = web
    .output()
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0]);
  expect(names.sort()).toEqual(["PORT", "REDIS_URL", "SESSION_KEYS"]);
});

test("the demo's sign-in is refused in production unless it is asked for twice", async () => {
  const production = { ...nothingIsUp, NODE_ENV: "production", AUTH_MODE: "demo" };
  const once = startWeb(production);
  expect(await once.exitCode).toBe(1);
  expect(once.output()).toContain("ALLOW_DEMO_IN_PRODUCTION=yes");
  await startWeb({ ...production, ALLOW_DEMO_IN_PRODUCTION: "yes" }).listening();
});

test("a port that is taken ends it with 1", async () => {
  await using taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? String(address.port) : "";
  const web = startWeb({ ...nothingIsUp, PORT: port });
  expect(await web.exitCode).toBe(1);
  expect(web.output()).toContain(`"msg":"PORT is taken: something else listens on 127.0.0.1, port ${port}"`);
  expect(web.output()).not.toContain("stack");
});

/** When the web process may say that it is ready, on a real MySQL and a Redis that turns it away or is gone. */
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { webEnv } from "./env.ts";
import { createMigratedDatabase, type TestDatabase } from "./mysql/testing.ts";
import { openWebParts } from "./web-parts.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

/** What the process would do, in its order. */
async function startWith(redisPort: number): Promise<string[]> {
  const reporter = { count() {}, gauge() {}, info() {}, warn() {}, alarm() {} };
  const env = webEnv({
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    KAFKA_BROKERS: "127.0.0.1:1",
    DATABASE_URL: database.url,
    SESSION_KEYS: "0123456789abcdef0123456789abcdef",
  });
  const parts = openWebParts({ env, clock: systemClock(), reporter });
  const steps: string[] = [];
  await parts.start((sentence) => steps.push(sentence));
  steps.push("ready");
  await parts.close();
  return steps;
}

test("a Redis that takes its time to turn the account away is heard before the process is ready", async () => {
  await using redis = createServer((socket) => {
    socket.on("error", () => {});
    // Much longer than the first reads of MySQL take.
    socket.on("data", () => setTimeout(() => socket.writable && socket.write("-WRONGPASS invalid\r\n"), 300));
  });
  await new Promise<void>((resolve) => redis.listen(0, "127.0.0.1", resolve));
  const steps = await startWith((redis.address() as AddressInfo).port);
  expect(steps).toEqual(["Redis refuses this account: look at REDIS_URL", "ready"]);
});

test("a Redis that is gone or silent keeps nobody from getting ready", async () => {
  expect(await startWith(1)).toEqual(["ready"]);
  await using silent = createServer((socket) => socket.on("error", () => {}).resume());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  expect(await startWith((silent.address() as AddressInfo).port)).toEqual(["ready"]);
});

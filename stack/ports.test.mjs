import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isPortFree, portToBeFree, stepAside } from "./ports.mjs";

/**
 * Runs `work` while somebody listens on the port.
 * @param {number} port
 * @param {string} host
 * @param {() => Promise<void>} work
 */
async function whileTaken(port, host, work) {
  const server = createServer();
  await new Promise((resolve) => server.listen(port, host, () => resolve(undefined)));
  try {
    await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

test.each([["127.0.0.1"], ["0.0.0.0"]])(
  "a port that somebody uses on %s is stepped aside from",
  async (host) => {
    const port = await freePort();
    await whileTaken(port, host, async () => {
      expect(await isPortFree(port)).toBe(false);
      expect(await stepAside(port)).not.toBe(port);
    });
  },
);

test("a free port is taken as it is, unless it is promised to another", async () => {
  const port = await freePort();
  expect(await stepAside(port)).toBe(port);
  expect(await stepAside(port, [port])).not.toBe(port);
});

test("a port that was held a moment ago is waited for, and one that stays taken is not waited for for ever", async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  await portToBeFree(port, 50);
  expect(await isPortFree(port)).toBe(false);
  const freed = portToBeFree(port, 10_000);
  server.close();
  await freed;
  expect(await isPortFree(port)).toBe(true);
});

test("a free port is none that the kernel gives to outgoing connections", async () => {
  expect(await freePort()).toBeLessThan(32_768);
});

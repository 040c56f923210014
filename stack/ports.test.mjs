import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isPortFree, stepAside } from "./ports.mjs";

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

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT } from "./paths.mjs";
import { freePort } from "./ports.mjs";
import { productProcess } from "./product.mjs";

/** @type {string} */
let dir;
/** @type {ReturnType<typeof productProcess>} */
let process_;
/** @type {number[]} */
const pids = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sunchak-product-"));
  pids.length = 0;
});
afterEach(async () => {
  await process_.stop();
  rmSync(dir, { recursive: true });
});

/** @param {string} code */
async function processOf(code) {
  const port = await freePort();
  const file = join(dir, "main.mjs");
  writeFileSync(file, code);
  process_ = productProcess({
    label: "web",
    script: relative(ROOT, file),
    env: { ...process.env, PORT: String(port) },
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    logFile: join(dir, "web.log"),
    onSpawn: ({ pid }) => pids.push(pid),
  });
  return process_;
}

const SERVER = `import { createServer } from "node:http";
createServer((_req, res) => res.end()).listen(process.env.PORT, "127.0.0.1");`;

test("a process of ours that was killed can be started again, and each of its ids is told", async () => {
  const web = await processOf(SERVER);
  await web.start();
  process.kill(/** @type {number} */ (pids[0]), "SIGKILL");
  await expect.poll(web.isRunning).toBe(false);
  await web.start();
  expect(web.isRunning()).toBe(true);
  expect(new Set(pids).size).toBe(2);
});

test("a process of ours that ends before it is ready is told with the end of its log", async () => {
  const web = await processOf(`console.error("no such database"); process.exit(3);`);
  await expect(web.start()).rejects.toThrow(
    /web process ended unexpectedly \(exit code 3\).*no such database/s,
  );
  expect(web.isRunning()).toBe(false);
});

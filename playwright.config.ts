/** The tests in a browser. They know a running product by its address alone; e2e/pages/set-up.ts starts one. */
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const CHROMIUM_PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM_PATH ?? CHROMIUM_PATHS.find(existsSync);

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const REBUILD = "rebuild.spec.ts";
const desktop = { viewport: { width: 1280, height: 800 } };

export default defineConfig({
  testDir: "e2e/pages",
  globalSetup: "./e2e/pages/set-up.ts",
  // A test waits for real openings and real coupons, on two busy cores.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // One for each of the usual two cores: a third makes the product late for all of them.
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: {
    ...(executablePath ? { launchOptions: { executablePath, args: browserArguments() } } : {}),
    locale: "ko-KR",
    timezoneId: "Asia/Seoul",
    // The page itself at each step, and a picture of the end: a film is made of every test, also of those that pass.
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "phone", use: phone, testIgnore: REBUILD },
    { name: "desktop", use: desktop, testMatch: "claim.spec.ts" },
    // Closes every gate for a while, so it has the product to itself.
    { name: "rebuild", use: phone, testMatch: REBUILD, dependencies: ["phone", "desktop"] },
  ],
});

/** Quiet: no requests of the browser's own. Without a sandbox, because root may not have one. */
function browserArguments(): string[] {
  return [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ];
}

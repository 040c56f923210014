/**
 * What the event page weighs and how it comes up on a bad connection. Prints the figures of docs/performance.md:
 * `npx playwright test weight --project=phone` after `npm run build`.
 */
import type { Page, Response } from "@playwright/test";
import { claimButton, expect, signInOverHttp, test } from "./fixtures.ts";

/** Compressed bodies of everything that runs as script, also what is fetched when the page is at rest. */
const EVENT_SCRIPT_BYTES_MAX = 130_000;
/** The wallet draws QR codes. */
const OTHER_SCRIPT_BYTES_MAX = 150_000;

/** What browsers' tools call slow 3G, per second and for each request. */
const SLOW_3G = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const READABLE_MS_MAX = 5_000;
const PRESSABLE_MS_MAX = 10_000;

type Kind = "document" | "script" | "stylesheet" | "font" | "image" | "fetch" | "other";

/** The files are compressed while the process already answers; the icon is the last one. */
test.beforeEach(async ({ request }) => {
  const encoding = async () =>
    (await request.get("/icon.svg", { headers: { "accept-encoding": "br" } })).headers()["content-encoding"];
  await expect.poll(encoding).toBe("br");
});

/** @returns compressed bytes of the bodies, by kind of resource, of one visit until nothing is loaded any more */
async function weigh(page: Page, path: string) {
  const responses: Response[] = [];
  page.on("response", (response) => responses.push(response));
  await page.goto(path, { waitUntil: "networkidle" });
  const bytes: Partial<Record<Kind, number>> = {};
  for (const response of responses) {
    const kind = response.request().resourceType() as Kind;
    const { responseBodySize } = await response.request().sizes();
    bytes[kind] = (bytes[kind] ?? 0) + responseBodySize;
  }
  return { responses, bytes };
}

test("the event page's script stays below 130 KB, every text is compressed, and nothing comes from elsewhere", async ({
  page,
  baseURL,
  createEvent,
  user,
}) => {
  const event = await createEvent();
  await signInOverHttp(page, user);
  const { responses, bytes } = await weigh(page, `/events/${event.id}`);
  console.log("event page, bytes over the wire:", JSON.stringify(bytes));
  expect(bytes.script).toBeLessThan(EVENT_SCRIPT_BYTES_MAX);
  for (const response of responses) {
    expect(new URL(response.url()).origin).toBe(baseURL);
    if (["script", "stylesheet", "document"].includes(response.request().resourceType()))
      expect(response.headers()["content-encoding"], response.url()).toMatch(/^(br|gzip)$/);
  }
});

for (const path of ["/", "/coupons", "/sign-in"])
  test(`the script of ${path} stays below 150 KB`, async ({ page, user }) => {
    await signInOverHttp(page, user);
    const { bytes } = await weigh(page, path);
    console.log(`${path}, bytes over the wire:`, JSON.stringify(bytes));
    expect(bytes.script).toBeLessThan(OTHER_SCRIPT_BYTES_MAX);
  });

test("on slow 3G the event page can be read and its button pressed while people still wait for it", async ({
  page,
  createEvent,
  user,
}) => {
  const event = await createEvent();
  await signInOverHttp(page, user);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", SLOW_3G);

  const startedMs = performance.now();
  const since = () => Math.round(performance.now() - startedMs);
  await page.goto(`/events/${event.id}`, { waitUntil: "commit" });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(event.displayName);
  const readableMs = Math.max(since(), await firstPaintMs(page));
  await expect(claimButton(page)).toBeEnabled();
  const pressableMs = since();
  await claimButton(page).click();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  console.log("slow 3G:", JSON.stringify({ readableMs, pressableMs, wonMs: since() }));
  expect(readableMs).toBeLessThan(READABLE_MS_MAX);
  expect(pressableMs).toBeLessThan(PRESSABLE_MS_MAX);

  await page.reload({ waitUntil: "commit" });
  const reloadedMs = performance.now();
  await expect(page.getByText("10명 중 1번째")).toBeVisible();
  console.log(
    "slow 3G, second visit:",
    JSON.stringify({ receiptMs: Math.round(performance.now() - reloadedMs) }),
  );
});

/** When the first text stood on the screen, in ms after the navigation began; waits until it does. */
async function firstPaintMs(page: Page): Promise<number> {
  const paint = await page.waitForFunction(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  return Math.round((await paint.jsonValue()) ?? 0);
}

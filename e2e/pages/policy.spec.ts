/** What protects the browser: the headers of every answer, and pages that keep to their own policy. */
import { createHash } from "node:crypto";
import { request } from "node:http";
import { expect, test } from "./fixtures.ts";

const PAGES = ["/", "/events/1", "/coupons", "/sign-in", "/nothing-here"];
const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script>/g;

test("no page has an inline script that its policy does not name, a style of its own, or a script from elsewhere", async ({
  page,
  baseURL,
  createEvent,
}) => {
  const { id } = await createEvent();
  for (const path of [...PAGES, `/events/${id}`]) {
    const response = await page.request.get(path);
    const html = await response.text();
    const policy = response.headers()["content-security-policy"] ?? "";
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    const scripts = [...html.matchAll(SCRIPT)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [tag, attributes = "", content = ""] of scripts) {
      if (nonce) expect(attributes, path).toContain(`nonce="${nonce}"`);
      else if (!attributes.includes("src="))
        expect(policy, tag).toContain(`'sha256-${createHash("sha256").update(content).digest("base64")}'`);
    }
    expect(html).not.toMatch(/<style\b|\sstyle="|\son[a-z]+="|javascript:/i);
    const sources = [...html.matchAll(/<(?:script|link|img)\b[^>]*\b(?:src|href)="([^"]+)"/g)].map(
      ([, url]) => url,
    );
    const elsewhere = sources.filter((url) => new URL(url ?? "", baseURL).origin !== baseURL);
    expect(elsewhere).toEqual([]);
  }
});

test("the policy of a page allows no inline script or style, no frame, no foreign base and no foreign form", async ({
  page,
}) => {
  for (const path of PAGES) {
    const policy = (await page.request.get(path)).headers()["content-security-policy"];
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    for (const directive of [
      "default-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ])
      expect(policy?.split("; ")).toContain(directive);
  }
});

test("an event's page, which is the same for everybody, has no nonce, and no more scripts may run than stand in it", async ({
  page,
  createEvent,
}) => {
  const { id } = await createEvent({ name: "</script><script>stolen()</script>" });
  const response = await page.request.get(`/events/${id}`);
  const html = await response.text();
  const policy = response.headers()["content-security-policy"] ?? "";
  expect(policy).not.toMatch(/nonce|strict-dynamic|unsafe/);
  expect(html).not.toContain("nonce=");
  const inline = [...html.matchAll(SCRIPT)].filter(([, attributes = ""]) => !attributes.includes("src="));
  expect(policy.match(/'sha256-/g)).toHaveLength(inline.length);
  expect(inline.filter(([, , content]) => content === "stolen()")).toEqual([]);
});

test("a browser that asks for an event's page again gets the same one, or a new one under its own policy", async ({
  page,
  createEvent,
}) => {
  const { id } = await createEvent();
  const heading = page.getByRole("heading", { level: 1 });
  await page.goto(`/events/${id}`);
  // Some of these within the second of a copy, for which the answer is a 304, and some beyond it.
  for (let visit = 0; visit < 5; visit += 1) {
    await page.reload();
    await expect(heading).toBeVisible();
    await expect(page.getByRole("button", { name: "쿠폰 받기", exact: true })).toBeEnabled();
  }
});

test("a caller who wants another protocol gets a plain answer, also after Next has rendered a page", async ({
  page,
  baseURL,
}) => {
  expect((await page.request.get("/")).status()).toBe(200);
  for (const path of ["/healthz", "/api/trpc/session.me", "/"]) {
    const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABk" };
    const status = await new Promise((resolve, reject) => {
      const asked = request(new URL(path, baseURL), { headers, timeout: 10_000 }, (answer) => {
        answer.resume().once("end", () => resolve(answer.statusCode));
      });
      asked.once("timeout", () => asked.destroy(new Error(`${path}: no answer`)));
      asked.once("error", reject).end();
    });
    expect(status, path).toBe(200);
  }
});

test("a broken word of Next's own protocol is no reason for a 500", async ({ page, createEvent }) => {
  const { id } = await createEvent();
  for (const state of ["{{{{", "[]", "%5B1%5D", "%", '["",{"children":3}]']) {
    const headers = { rsc: "1", "next-router-state-tree": state };
    const answer = await page.request.get(`/events/${id}`, { headers });
    expect(answer.status(), state).toBe(200);
  }
});

test("every answer carries the security headers: pages, files, the API, and refusals", async ({ page }) => {
  const html = await (await page.request.get("/")).text();
  const files = html.match(/\/_next\/static\/[^"\\]+\.(?:js|css)/g) ?? [];
  expect(files.length).toBeGreaterThan(1);
  const paths = [
    ...PAGES,
    files[0],
    "/_next/static/none.js",
    "/api/trpc/event.list",
    "/api/trpc/x",
    "/healthz",
    "/%00",
  ];
  for (const path of paths) {
    const headers = (await page.request.get(path ?? "")).headers();
    expect(headers, path).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
      "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
    });
    expect(Object.keys(headers)).not.toContain("x-powered-by");
  }
});

test("an inline script that got into a page does not run, and a page cannot be framed", async ({
  browser,
  baseURL,
}) => {
  // Not the usual page: here the policy is meant to be broken.
  await using page = await browser.newPage();
  await page.goto(`${baseURL}/sign-in`);
  const ran = await page.evaluate(async () => {
    const refused = new Promise((resolve) => {
      document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective), {
        once: true,
      });
    });
    const holder = document.createElement("div");
    holder.innerHTML = '<img src="/nothing.png" onerror="window.hacked = true">';
    document.body.append(holder);
    return { directive: await refused, hacked: "hacked" in window };
  });
  expect(ran).toEqual({ directive: "script-src-attr", hacked: false });
  const frames = await page.evaluate(async (url) => {
    const frame = document.createElement("iframe");
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    frame.src = url;
    document.body.append(frame);
    await loaded;
    return frame.contentDocument?.body.textContent ?? "not ours to read";
  }, `${baseURL}/coupons`);
  expect(frames).not.toContain("쿠폰");
});

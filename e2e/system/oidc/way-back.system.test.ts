/** Nobody gets in by a sign-in that is not theirs, and sign-in leads to no other site. */
import { describe, expect, test } from "vitest";
import { testShop } from "./shop.ts";
import { visitor } from "./visitor.ts";
import { startWeb } from "./web.ts";

const shop = testShop();

describe("the way back", () => {
  test("is for the browser that set out", async () => {
    const [mina, thief] = [visitor(shop().web.base), visitor(shop().web.base)];
    await shop().setOut(thief);
    const stolen = shop().approval(await shop().setOut(mina));
    await shop().expectProblem(await thief.get(shop().callback(stolen)), thief, {
      problem: "expired",
      next: "/",
    });
    expect((await mina.get(shop().callback(stolen))).location?.pathname).toBe("/coupons");
  });

  test.each([
    ["no state", ({ state: _, ...rest }: Record<string, string>) => rest],
    ["another state", (back: Record<string, string>) => ({ ...back, state: "A".repeat(43) })],
    ["half a state", (back: Record<string, string>) => ({ ...back, state: (back.state ?? "").slice(0, 20) })],
    ["nothing at all", () => ({})],
  ])("needs the state that was sent: %s", async (_title, change) => {
    const mina = visitor(shop().web.base);
    const back = shop().approval(await shop().setOut(mina));
    await shop().expectProblem(await mina.get(shop().callback(change(back))), mina, {
      problem: "expired",
      next: "/",
    });
  });

  test.each([
    ["changed", (value: string) => `${value.slice(0, 20)}A${value.slice(21)}`],
    ["truncated", (value: string) => value.slice(0, -10)],
    ["without its signature", (value: string) => value.split(".")[0] ?? ""],
    ["somebody else's words", () => "e30.e30"],
  ])("needs the cookie as it was given: %s", async (_title, change) => {
    const mina = visitor(shop().web.base);
    const back = shop().approval(await shop().setOut(mina));
    for (const [name, value] of mina.cookies) mina.cookies.set(name, change(value));
    await shop().expectProblem(await mina.get(shop().callback(back)), mina, {
      problem: "expired",
      next: "/",
    });
  });

  test("cannot be gone twice", async () => {
    const mina = visitor(shop().web.base);
    const back = shop().approval(await shop().setOut(mina));
    const kept = new Map(mina.cookies);
    await mina.get(shop().callback(back));
    const asked = shop().provider.tokenRequests;
    const again = visitor(shop().web.base);
    for (const [name, value] of kept) again.cookies.set(name, value);
    await shop().expectProblem(await again.get(shop().callback(back)), again, {
      problem: "expired",
      next: "/",
    });
    expect(shop().provider.tokenRequests).toBe(asked);
  });

  test("with a code that is spent ends with words", async () => {
    const mina = visitor(shop().web.base);
    const first = shop().approval(await shop().setOut(mina));
    await mina.get(shop().callback(first));
    mina.cookies.clear();
    const second = shop().approval(await shop().setOut(mina));
    const answer = await mina.get(shop().callback({ ...second, code: first.code ?? "" }));
    await shop().expectProblem(answer, mina, { problem: "refused" });
  });

  test("with the code of somebody else's sign-in ends with words (PKCE)", async () => {
    const [mina, thief] = [visitor(shop().web.base), visitor(shop().web.base)];
    const { code = "" } = shop().approval(await shop().setOut(mina));
    const own = shop().approval(await shop().setOut(thief));
    const answer = await thief.get(shop().callback({ ...own, code }));
    await shop().expectProblem(answer, thief, { problem: "refused" });
  });

  test("from another provider is not taken (RFC 9207)", async () => {
    const mina = visitor(shop().web.base);
    const back = shop().approval(await shop().setOut(mina));
    const asked = shop().provider.tokenRequests;
    const answer = await mina.get(shop().callback({ ...back, iss: "https://evil.example" }));
    await shop().expectProblem(answer, mina, { problem: "unverified" });
    expect(shop().provider.tokenRequests).toBe(asked);
  });

  test.each([
    ["access_denied", "cancelled"],
    ["server_error", "refused"],
    ["<script>alert(1)</script>", "refused"],
  ])("with the provider's error %s says so", async (error, problem) => {
    const mina = visitor(shop().web.base);
    const { state = "", iss = "" } = shop().approval(await shop().setOut(mina));
    const answer = await mina.get(
      shop().callback({ state, iss, error, error_description: "\r\nSet-Cookie: a=b" }),
    );
    await shop().expectProblem(answer, mina, { problem });
  });

  test.each([
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "/\t/evil.example",
    "/.//evil.example",
  ])("leads to no other site: %s", async (next) => {
    const mina = visitor(shop().web.base);
    const answer = await mina.get(shop().callback(shop().approval(await shop().setOut(mina, next))));
    expect(answer.location?.href).toBe(`${shop().web.base}/`);
  });
});

describe("the front door in oidc mode", () => {
  test("remembers at most four attempts per browser, for ten minutes, out of reach of scripts", async () => {
    const mina = visitor(shop().web.base);
    for (let count = 0; count < 8; count += 1) await shop().setOut(mina);
    const last = await shop().setOut(mina);
    expect(mina.cookies.size).toBe(4);
    const { setCookie } = await mina.get(`${shop().web.base}/auth/sign-in`);
    expect(setCookie.at(-1)).toMatch(
      /^sunchak_sign_in_[\w-]{8}=[^;]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect((await mina.get(shop().callback(shop().approval(last)))).location?.pathname).toBe("/coupons");
  });

  test("has no sign-in without the provider", async () => {
    const response = await fetch(`${shop().web.base}/api/trpc/session.signIn`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ userId: "kim", role: "operator" }),
    });
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
    expect(await response.text()).toContain('"FORBIDDEN"');
  });

  test("does not know the sessions of the demo, though the keys are the same", async () => {
    await using demo = await startWeb({ AUTH_MODE: "demo" });
    const response = await fetch(`${demo.base}/api/trpc/session.signIn`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ userId: "kim", role: "operator" }),
    });
    const [cookie = ""] = (response.headers.getSetCookie()[0] ?? "").split(";");
    const meAt = async (base: string) =>
      (await fetch(`${base}/api/trpc/session.me`, { headers: { cookie } })).text();
    expect(await meAt(demo.base)).toContain('"operator"');
    expect(await meAt(shop().web.base)).toBe('{"result":{"data":null}}');
    for (const path of ["/auth/sign-in", "/auth/callback?code=1&state=2"])
      expect((await fetch(`${demo.base}${path}`)).status).toBe(404);
  });

  test.each([
    ["POST", "/auth/sign-in", 405],
    ["HEAD", "/auth/callback", 405],
    ["GET", "/auth/", 404],
    ["GET", "/auth/constructor", 404],
    ["GET", `/auth/callback?state=${"x".repeat(20_000)}`, 431],
  ])("answers %s %.30s with %i", async (method, path, status) => {
    expect((await visitor(shop().web.base).get(`${shop().web.base}${path}`, method)).status).toBe(status);
  });
});

/** What holds for every request, whoever answers it. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { openTestDoor, type TestDoor } from "./testing.ts";

describe("every answer", () => {
  const requests: [string, (door: TestDoor) => Promise<Response>][] = [
    ["a page", (door) => fetch(`${door.origin}/`)],
    ["an unknown page", (door) => fetch(`${door.origin}/nowhere`, { method: "HEAD" })],
    ["an API answer", (door) => door.call("session.me")],
    ["an API error", (door) => door.call("coupon.claim", { input: {} })],
    ["a refused method", (door) => fetch(`${door.origin}/`, { method: "POST" })],
    ["a bad path", (door) => fetch(`${door.origin}/%00`)],
    ["a probe", (door) => fetch(`${door.origin}/readyz`)],
  ];

  test.each(requests)("carries the security headers and a request id: %s", async (_title, send) => {
    await using door = await openTestDoor();
    const { headers } = await send(door);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("strict-transport-security")).toBeNull();
    expect(headers.get("x-powered-by")).toBeNull();
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("that leads elsewhere stays in no cache, unless it says how long", async () => {
    const leads = (headers: Record<string, string>) =>
      openTestDoor({ pages: { handle: async (_req, res) => void res.writeHead(308, headers).end() } });
    await using silent = await leads({ location: "/coupons" });
    const answer = await fetch(`${silent.origin}/coupons/`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([308, "no-store"]);
    await using page = await openTestDoor();
    expect((await fetch(`${page.origin}/`)).headers.get("cache-control")).toBeNull();
  });

  test("insists on https when the public address is https", async () => {
    await using door = await openTestDoor({ https: true });
    for (const path of ["/", "/healthz"])
      expect((await fetch(door.origin + path)).headers.get("strict-transport-security")).toMatch(
        /^max-age=31536000/,
      );
  });

  test("keeps a sane request id of a trusted proxy, and replaces any other", async () => {
    await using door = await openTestDoor({ trustedProxies: ["127.0.0.1"] });
    const idFor = async (id: string) =>
      (await fetch(`${door.origin}/healthz`, { headers: { "x-request-id": id } })).headers.get(
        "x-request-id",
      );
    expect(await idFor("from-the-proxy.42")).toBe("from-the-proxy.42");
    for (const bad of ["short", "with space here", "a".repeat(65), '{"json":1}', "<script>alert(1)</script>"])
      expect(await idFor(bad)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a page", () => {
  test("gets a nonce of its own, which its renderer finds in the request, and allows no other inline script", async () => {
    await using door = await openTestDoor({
      pages: { handle: async (req, res) => void res.end(req.headers["content-security-policy"]) },
    });
    const forged = {
      "content-security-policy": "script-src 'nonce-forged'",
      "content-security-policy-report-only": "x",
    };
    const first = await fetch(`${door.origin}/`, { headers: forged });
    const policy = first.headers.get("content-security-policy") ?? "";
    expect(await first.text()).toBe(policy);
    expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{24}' 'strict-dynamic';/);
    expect(policy).not.toContain("unsafe-eval");
    const second = await fetch(`${door.origin}/`);
    expect(second.headers.get("content-security-policy")).not.toBe(policy);
  });

  test("of the framework's own is not found: its error page, its pictures", async () => {
    await using door = await openTestDoor();
    for (const path of [
      "/_global-error",
      "/%5Fglobal-error",
      "/_not-found",
      "/_next/image?url=x",
      "/_next/data/x",
    ])
      expect((await fetch(`${door.origin}${path}`)).status, path).toBe(404);
  });

  test("that fails is a 500 with the request id and nothing of the inside", async () => {
    const inside = new Error("at 10.0.0.7:3306");
    await using door = await openTestDoor({ pages: { handle: () => Promise.reject(inside) } });
    const response = await fetch(`${door.origin}/`);
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).toContain(response.headers.get("x-request-id"));
    expect(text).not.toContain("10.0.0.7");
    expect(door.logged).toMatchObject([{ error: inside }]);
  });
});

describe("a request target", () => {
  test.each([
    ["a NUL", "/events/%00"],
    ["a line break", "/events/%0d%0aSet-Cookie:x"],
    ["broken percent-encoding", "/events/%E0%A4%A"],
    ["an absolute URL", "http://other.example/events/1"],
    ["an asterisk", "*"],
    ["no slash", "events"],
  ])("with %s is a 400", async (_title, target) => {
    await using door = await openTestDoor();
    expect(await rawStatus(door, `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)).toBe(400);
  });

  test("under a headers block beyond the limit is a 431", async () => {
    await using door = await openTestDoor();
    const cookie = "c".repeat(17 * 1024);
    expect(await rawStatus(door, `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`)).toBe(431);
  });

  test("becomes one of a fixed set of routes in the metrics", async () => {
    await using door = await openTestDoor();
    for (const path of [
      "/",
      "/events/1?x=1",
      "/_next/a.js",
      "/readyz",
      "/api/trpc/event.list",
      "/api/trpc/toString",
      "/%00",
    ])
      await (await fetch(door.origin + path)).arrayBuffer();
    await (await fetch(`${door.origin}/api/trpc/session.me,event.list?batch=1`)).arrayBuffer();
    await expect
      .poll(() => door.observed.map(({ route }) => route))
      .toEqual(["page", "page", "asset", "health", "event.list", "unknown", "bad", "batch"]);
  });
});

/** Sends bytes that no HTTP client would send. @returns the status of the answer */
function rawStatus(door: TestDoor, bytes: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(door.origin).port), "127.0.0.1", () => socket.write(bytes));
    socket.once("data", (answer: Buffer) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer.toString())?.[1]));
    });
    socket.once("error", reject);
  });
}

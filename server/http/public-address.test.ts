/** Who we are is a setting: no header leads a page, a redirect or another site's name to anything else. */
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { isOurHost } from "./public-address.ts";
import { openTestDoor, type TestDoor } from "./testing.ts";

const publicUrl = new URL("https://coupons.example:8443");

test.each([
  ["coupons.example:8443", true],
  ["coupons.example", true],
  ["COUPONS.example", true],
  ["localhost:3000", true],
  ["127.0.0.1:3000", true],
  ["[::1]:3000", true],
  ["evil.example", false],
  ["coupons.example.evil.example", false],
  ["127.0.0.1.evil.example", false],
  ["coupons.example@evil.example", false],
  ["a b", false],
  ["", false],
  [undefined, false],
])("a request to the host %j is ours: %s", (host, expected) => {
  expect(isOurHost(host, publicUrl)).toBe(expected);
  expect(isOurHost(host, null)).toBe(true);
});

test("a page of a name that was pointed at us gets neither a page nor the API, and probes are answered", async () => {
  await using door = await openTestDoor({ publicUrl });
  for (const path of ["/", "/api/trpc/event.list", "/_next/static/a.js"])
    expect((await askAs(door, "evil.example", path)).status).toBe(421);
  expect((await askAs(door, "evil.example", "/readyz")).status).toBe(200);
  expect((await askAs(door, "coupons.example", "/")).status).toBe(200);
});

test("whoever renders a page hears the public address, and nothing that the request said about it", async () => {
  const seen: Record<string, unknown>[] = [];
  const pages = {
    handle: async (req: IncomingMessage, res: ServerResponse) => {
      seen.push(
        Object.fromEntries(Object.entries(req.headers).filter(([name]) => name.includes("forwarded"))),
      );
      res.end();
    },
  };
  const forged = {
    forwarded: "host=evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "gopher",
    "x-forwarded-port": "1",
    "x-forwarded-for": "1.1.1.1",
  };
  await using door = await openTestDoor({ publicUrl, pages, trustedProxies: ["127.0.0.1"] });
  await fetch(door.origin, { headers: forged });
  await using unnamed = await openTestDoor({ pages });
  await fetch(unnamed.origin, { headers: forged });
  expect(seen).toEqual([{ "x-forwarded-host": "coupons.example:8443", "x-forwarded-proto": "https" }, {}]);
});

function askAs(door: TestDoor, host: string, path: string): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(door.origin, { path, headers: { host }, agent: false }, (response) => {
      response.resume().once("end", () => resolve({ status: response.statusCode ?? 0 }));
    });
    outgoing.once("error", reject).end();
  });
}

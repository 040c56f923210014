/** How a copy of a page is sent: encodings, what caches are told, and what a browser that holds it gets. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fakeRenderer, get, openMemoryDoor } from "./page-memory-testing.ts";

test.each([
  ["br", brotliDecompressSync],
  ["gzip", gunzipSync],
] as const)("a page is sent as %s to whoever takes it, and unpacks to the page", async (encoding, unpack) => {
  await using door = await openMemoryDoor(fakeRenderer());
  const plain = await get(door, "/events/1");
  const packed = await get(door, "/events/1", { headers: { "accept-encoding": encoding } });
  expect(packed.headers).toMatchObject({
    "content-encoding": encoding,
    "content-length": String(packed.body.length),
    "content-type": "text/html; charset=utf-8",
  });
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(unpack(packed.body).toString()).toBe(plain.text);
});

test("a page tells caches what it depends on, to ask again each time, and shared ones to keep it for a second", async () => {
  await using door = await openMemoryDoor(fakeRenderer());
  for (const path of ["/events/1", "/events/2"]) {
    const { headers } = await get(door, path);
    expect(headers.vary).toBe("Accept-Encoding, Accept-Language, Cookie, RSC");
    expect(headers["cache-control"]).toBe("max-age=0, s-maxage=1, must-revalidate");
  }
});

test("a page that a browser holds already is a 304, under the policy of that page", async () => {
  const renderer = fakeRenderer();
  await using door = await openMemoryDoor(renderer);
  const headers = { "accept-encoding": "br" };
  const first = await get(door, "/events/1", { headers });
  const etag = String(first.headers.etag);
  expect(etag).not.toBe((await get(door, "/events/1")).headers.etag);
  const again = () => get(door, "/events/1", { headers: { ...headers, "if-none-match": etag } });
  const same = await again();
  expect({ status: same.status, length: same.body.length }).toEqual({ status: 304, length: 0 });
  for (const name of ["etag", "vary", "cache-control", "content-security-policy"])
    expect(same.headers[name], name).toBe(first.headers[name]);
  door.clock.ms += 3001;
  expect((await again()).status).toBe(200);
});

test("a page has the headers of GET and no body for HEAD", async () => {
  await using door = await openMemoryDoor(fakeRenderer());
  const whole = await get(door, "/events/1");
  const head = await get(door, "/events/1", { method: "HEAD" });
  expect(head.body).toHaveLength(0);
  for (const name of ["content-length", "etag", "content-security-policy"])
    expect(head.headers[name], name).toBe(whole.headers[name]);
});

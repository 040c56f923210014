/** Files of the build from memory: what browsers and caches may rely on, and what nobody gets. */
import { request } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createAssets } from "./assets.ts";
import { openTestDoor, type TestDoor } from "./testing.ts";

const SCRIPT = "/_next/static/chunks/a1.js";
const text = "export const seats = 10;\n".repeat(200);
const png = Buffer.alloc(1000);

async function openDoor({ compressed }: { compressed: boolean }): Promise<TestDoor> {
  const assets = createAssets([
    { path: SCRIPT, body: Buffer.from(text) },
    { path: "/_next/static/media/picture.png", body: png },
    { path: "/_next/static/chunks/[id].js", body: Buffer.from(text) },
    { path: "/icon.svg", body: Buffer.from("<svg/>") },
  ]);
  if (compressed) await assets.compress();
  return openTestDoor({ assets });
}

type Raw = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

/** On node:http, because fetch normalises paths and unpacks bodies. */
function ask(
  door: TestDoor,
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const outgoing = request(door.origin, { path, method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks),
      });
    });
    outgoing.once("error", reject).end();
  });
}

test.each([
  ["br", brotliDecompressSync],
  ["gzip", gunzipSync],
] as const)("a script is sent as %s to whoever takes it, and unpacks to itself", async (encoding, unpack) => {
  await using door = await openDoor({ compressed: true });
  const { status, headers, body } = await ask(door, SCRIPT, { headers: { "accept-encoding": encoding } });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "content-encoding": encoding,
    "content-type": "text/javascript; charset=utf-8",
    "content-length": String(body.length),
    "cache-control": "public, max-age=31536000, immutable",
    vary: "Accept-Encoding",
    "x-content-type-options": "nosniff",
  });
  expect(body.length).toBeLessThan(text.length / 10);
  expect(unpack(body).toString()).toBe(text);
});

test("before anything is compressed, and for a caller that takes no encoding, the file is sent as it is", async () => {
  await using early = await openDoor({ compressed: false });
  await using door = await openDoor({ compressed: true });
  for (const answer of [
    await ask(early, SCRIPT, { headers: { "accept-encoding": "br, gzip" } }),
    await ask(door, SCRIPT),
  ]) {
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(answer.headers.vary).toBe("Accept-Encoding");
    expect(answer.body.toString()).toBe(text);
  }
});

test("each encoding has an ETag of its own, and who holds it gets a 304 without a body", async () => {
  await using door = await openDoor({ compressed: true });
  const plain = (await ask(door, SCRIPT)).headers.etag as string;
  const brotli = (await ask(door, SCRIPT, { headers: { "accept-encoding": "br" } })).headers.etag as string;
  expect(plain).not.toBe(brotli);
  const again = (etag: string) =>
    ask(door, SCRIPT, { headers: { "accept-encoding": "br", "if-none-match": etag } });
  for (const etag of [brotli, `W/${brotli}`, `"other", ${brotli}`, "*"]) {
    const { status, headers, body } = await again(etag);
    expect({ status, length: body.length }).toEqual({ status: 304, length: 0 });
    expect(headers).toMatchObject({ etag: brotli, "cache-control": expect.stringContaining("immutable") });
  }
  expect((await again(plain)).status).toBe(200);
});

test("HEAD gives the headers of GET and no body", async () => {
  await using door = await openDoor({ compressed: true });
  const headers = { "accept-encoding": "br" };
  const get = await ask(door, SCRIPT, { headers });
  const head = await ask(door, SCRIPT, { method: "HEAD", headers });
  expect(head.body).toHaveLength(0);
  expect(head.headers["content-length"]).toBe(String(get.body.length));
  expect(head.headers.etag).toBe(get.headers.etag);
});

test("pictures are not compressed again, and the icon may change within a day", async () => {
  await using door = await openDoor({ compressed: true });
  const headers = { "accept-encoding": "br" };
  const picture = await ask(door, "/_next/static/media/picture.png", { headers });
  expect(picture.headers).toMatchObject({ "content-type": "image/png" });
  expect(picture.headers["content-encoding"]).toBeUndefined();
  expect((await ask(door, "/icon.svg?v2", { headers })).headers).toMatchObject({
    "content-type": "image/svg+xml",
    "cache-control": "public, max-age=86400",
  });
});

test("a path may be percent-encoded, and paths that are no file of the build are a 404 that nobody keeps", async () => {
  await using door = await openDoor({ compressed: true });
  expect((await ask(door, "/_next/static/chunks/%5Bid%5D.js")).status).toBe(200);
  for (const path of ["chunks/b2.js", "chunks", "etc/passwd", ""]) {
    const { status, headers } = await ask(door, `/_next/static/${path}`);
    expect({ path, status, cache: headers["cache-control"] }).toEqual({
      path,
      status: 404,
      cache: "no-store",
    });
  }
  for (const path of [
    "../../package.json",
    "%2e%2e/%2e%2e/package.json",
    "..%2f..%2fpackage.json",
    "/etc/passwd",
  ])
    expect([400, 404]).toContain((await ask(door, `/_next/static/${path}`)).status);
});

test("everything else goes to the pages", async () => {
  await using door = await openDoor({ compressed: true });
  for (const path of ["/", "/icon"]) expect((await ask(door, path)).body.toString()).toBe("a page");
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { demandPage, fetchPage, visitHeaders } from "./visit.ts";

const html = '<!DOCTYPE html><html lang="ko"><title>A crowd · 선착</title></html>';
const plain = { status: 200, encoding: null, body: Buffer.from(html) };
const wanted = { eventName: "A crowd", compressed: false };

test("the page of the event is accepted, plain and in each encoding that a candidate answers with", () => {
  const compressed = { ...wanted, compressed: true };
  expect(() => demandPage(plain, wanted)).not.toThrow();
  expect(() =>
    demandPage({ ...plain, encoding: "br", body: brotliCompressSync(html) }, compressed),
  ).not.toThrow();
  expect(() => demandPage({ ...plain, encoding: "gzip", body: gzipSync(html) }, compressed)).not.toThrow();
});

test.each([
  ["an error", { status: 500 }, wanted],
  ["another language", { body: Buffer.from(html.replace('"ko"', '"en"')) }, wanted],
  ["another page", {}, { ...wanted, eventName: "A queue" }],
  ["a page without compression where a browser asked for it", {}, { ...wanted, compressed: true }],
  ["a compressed page where nobody asked for it", { encoding: "br", body: brotliCompressSync(html) }, wanted],
  ["an encoding that nobody can read here", { encoding: "zstd" }, { ...wanted, compressed: true }],
])("%s is not taken for the page of the event", (_, changes, asked) => {
  expect(() => demandPage({ ...plain, ...changes }, asked)).toThrow();
});

test("a visit brings the body as it was sent, and asks for a compressed one only when told to", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((req, res) => {
    asked.push(req.headers["accept-encoding"]);
    res.writeHead(200, { "content-encoding": "br" }).end(brotliCompressSync(html));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events/1`;
  const page = await fetchPage(url, visitHeaders({ compressed: true }));
  expect(page).toEqual({ status: 200, encoding: "br", body: brotliCompressSync(html) });
  await fetchPage(url, visitHeaders({ compressed: false }));
  expect(asked).toEqual([expect.stringContaining("br"), undefined]);
});

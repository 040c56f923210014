/** deploy/nginx.conf in front of two stand-ins that see, answer, hang and die as a test wants. */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { freePort } from "../../stack/ports.mjs";
import { askSite, postTo } from "./https.ts";
import { type Nginx, startSite } from "./nginx.ts";
import { until } from "./until.ts";

type Seen = { web: number; url: string; headers: IncomingMessage["headers"]; body: string };
type Handler = (req: IncomingMessage, res: ServerResponse, web: number) => unknown;

const cleanUp = new AsyncDisposableStack();
let nginx: Nginx;
let seen: Seen[] = [];
let handle: Handler;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), "sunchak-nginx-"));
  cleanUp.defer(() => rmSync(dir, { recursive: true, force: true }));
  const upstreams = [await standIn(0), await standIn(1)] as const;
  nginx = await startSite({ dir, upstreams, cleanUp });
});
beforeEach(() => {
  seen = [];
  handle = (_req, res) => res.end("{}");
});
afterAll(() => cleanUp.disposeAsync());

/** @returns host:port of a web process that does what `handle` says, once it has read the whole request */
async function standIn(web: number): Promise<string> {
  const server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    seen.push({ web, url: req.url ?? "", headers: req.headers, body });
    handle(req, res, web);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  cleanUp.defer(() => void server.close().closeAllConnections());
  return `127.0.0.1:${port}`;
}

function bothAnswer(): Promise<unknown> {
  return until("both processes to be asked", async () => {
    seen = [];
    await Promise.all([1, 2, 3, 4].map(() => askSite(nginx, "/both")));
    return new Set(seen.map(({ web }) => web)).size === 2;
  });
}

test("the web process hears of a caller what nginx knows, and nothing that the caller claims", async () => {
  await askSite(nginx, "/x", {
    from: "127.0.0.9",
    headers: {
      "x-forwarded-for": "198.51.100.7",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "http",
      "x-request-id": "forged-id-000000",
      forwarded: "for=198.51.100.7",
    },
  });
  expect(seen[0]?.headers).toMatchObject({
    host: "coupons.example.com",
    "x-forwarded-for": "127.0.0.9",
    "x-forwarded-host": "coupons.example.com",
    "x-forwarded-proto": "https",
    "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(seen[0]?.headers.forwarded).toBeUndefined();
});

test("a POST that was sent is not sent again when the process dies in the middle, and a GET is", async () => {
  await bothAnswer();
  handle = (req) => req.socket.destroy();
  seen = [];
  const claim = await postTo(nginx, "coupon.claim", { eventId: 1 });
  expect(claim.status).toBe(503);
  expect(claim.headers["retry-after"]).toBe("2");
  expect(seen).toHaveLength(1);

  handle = (_req, res) => res.end("{}");
  await bothAnswer();
  const victim = seen[0]?.web;
  handle = (req, res, web) => (web === victim ? req.socket.destroy() : res.end("whole"));
  seen = [];
  const bodies = await Promise.all([1, 2, 3, 4].map(async () => (await askSite(nginx, "/page")).body));
  expect(bodies).toEqual(["whole", "whole", "whole", "whole"]);
  expect(seen.some(({ web }) => web === victim)).toBe(true);
});

test("a live stream goes out as it comes", async () => {
  let finish = (): void => {};
  handle = (_req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write("data: first\n\n");
    finish = () => res.end("data: last\n\n");
  };
  let received = "";
  const stream = askSite(nginx, "/api/trpc/event.live", {
    onChunk: (chunk) => {
      received += chunk;
    },
  });
  await until("the first line", async () => received === "data: first\n\n");
  finish();
  expect((await stream).body).toBe("data: first\n\ndata: last\n\n");
});

test("a file of the build is fetched once, in each encoding, and every caller gets a request id of its own", async () => {
  handle = (req, res) => {
    const encoding = req.headers["accept-encoding"] ?? "";
    res.setHeader("Cache-Control", "public, max-age=31536000, immutable");
    res.setHeader("Vary", "Accept-Encoding");
    res.setHeader("X-Request-Id", String(req.headers["x-request-id"]));
    res.end(`in ${encoding}`);
  };
  const fetchFile = (encoding: string) =>
    askSite(nginx, "/_next/static/a.js", { headers: { "accept-encoding": encoding } });
  const answers = [
    await fetchFile("br"),
    await fetchFile("br"),
    await fetchFile("gzip"),
    await fetchFile("gzip"),
  ];
  expect(answers.map(({ body }) => body)).toEqual(["in br", "in br", "in gzip", "in gzip"]);
  expect(seen).toHaveLength(2);
  expect(new Set(answers.map(({ headers }) => headers["x-request-id"])).size).toBe(4);
  for (const { headerNames } of answers)
    expect(headerNames.filter((name) => name === "x-request-id")).toHaveLength(1);
});

test("while releases are mixed, a file is found on the process that has it", async () => {
  await bothAnswer();
  handle = (req, res, web) => {
    res.statusCode = req.url === `/_next/static/${web}.js` ? 200 : 404;
    res.setHeader("Cache-Control", "no-store");
    res.end();
  };
  for (const file of ["0.js", "1.js"])
    expect((await askSite(nginx, `/_next/static/${file}`)).status, file).toBe(200);
  expect((await askSite(nginx, "/_next/static/2.js")).status).toBe(404);
});

test("a body beyond the limit, probes and metrics stop at nginx", async () => {
  const tooLarge = await postTo(nginx, "coupon.claim", `{"x":"${"a".repeat(17 * 1024)}"}`);
  expect(tooLarge.status).toBe(413);
  expect(JSON.parse(tooLarge.body).error.data).toMatchObject({
    code: "PAYLOAD_TOO_LARGE",
    requestId: tooLarge.headers["x-request-id"],
  });
  for (const path of ["/healthz", "/readyz", "/metrics"])
    expect((await askSite(nginx, path)).status, path).toBe(404);
  expect(seen).toEqual([]);
});

test("plain http leads to https, by the name in the file and not by the caller's", async () => {
  const response = await fetch(`http://127.0.0.1:${nginx.httpPort}/events/1?a=b`, { redirect: "manual" });
  expect(response.status).toBe(301);
  expect(response.headers.get("location")).toBe("https://coupons.example.com/events/1?a=b");
});

test("who asks for another name gets no certificate, and HTTP/2 is spoken", async () => {
  const other = { ...nginx.connect, servername: "evil.example", rejectUnauthorized: false };
  await expect(once(connectTls({ ...other, port: nginx.httpsPort }), "secureConnect")).rejects.toThrow();
  const session = connectHttp2(nginx.base, nginx.connect);
  try {
    const [headers] = await once(session.request({ ":path": "/" }), "response");
    expect(headers[":status"]).toBe(200);
  } finally {
    session.destroy();
  }
});

test("a flood from one address is refused in words that a page reads, and other addresses are served", async () => {
  const path = "/api/trpc/event.list";
  let served = 0;
  const refusals: string[] = [];
  // nginx ends a connection after a thousand requests, so each round has its own.
  const round = async () => {
    const from = {
      ...nginx.connect,
      port: nginx.httpsPort,
      localAddress: "127.0.0.7",
      ALPNProtocols: ["h2"],
    };
    const session = connectHttp2(nginx.base, { createConnection: () => connectTls(from) });
    const ask = async () => {
      const stream = session.request({ ":path": path });
      const [headers] = await once(stream, "response");
      const body = await text(stream);
      if (headers[":status"] === 200) served += 1;
      else refusals.push(body);
    };
    await Promise.all(Array.from({ length: 100 }, ask)).finally(() => session.destroy());
  };
  for (let rounds = 0; rounds < 80 && refusals.length === 0; rounds += 1) await round();
  expect(served).toBeGreaterThan(2000);
  expect(JSON.parse(refusals[0] ?? "{}").error?.data).toMatchObject({ code: "TOO_MANY_REQUESTS" });
  expect((await askSite(nginx, path, { from: "127.0.0.8" })).status).toBe(200);
});

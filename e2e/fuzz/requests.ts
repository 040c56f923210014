/** Requests of the fuzzer: valid calls of a valid session, bent in the input, the headers, the path, the framing, the timing. */

import { badCookies } from "../attacks/cookies.ts";
import { procedures, type Targets } from "../attacks/procedures.ts";
import { chunked, requestBytes } from "../attacks/wire.ts";
import { mutateJson, mutateText, writeJson } from "./mutate.ts";
import type { Random } from "./random.ts";

export type FuzzRequest = {
  method: string;
  /** what to write, and how long to wait before each */
  pieces: { bytes: Buffer; afterMs: number }[];
  /** whether it has an end that every reader sees: then there has to be an answer */
  whole: boolean;
};

export type Cast = {
  /** cookies of users who may do what they are allowed to */
  cookies: readonly string[];
  /** coupons and events, not only their own */
  targets: readonly Targets[];
};

type Header = readonly [name: string, value: string];
type Draft = { method: string; target: string; headers: Header[]; body: string | null };

const PATH_LETTERS = "/\\.%?&=,;:@#+~!*'()[]{}|^`<>\"$-_aZ09";
const VALUE_LETTERS = " ,;:=/\\\"'()<>@[]{}?%+-_.*~aZ09\t";
const METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "QUERY", "CONNECT"];
const PATHS = [
  "/",
  "/events/1",
  "/events/1?_rsc=1",
  "/events/x",
  "/coupons",
  "/sign-in?next=/events/1",
  "/auth/sign-in",
  "/auth/callback?code=x&state=y",
  "/healthz",
  "/readyz",
  "/metrics",
  "/api/trpc",
  "/api/trpc/",
  "/_next/image?url=%2Ficon.svg&w=640&q=75",
  "/_next/static/chunks/x.js",
  "/_next/data/x/index.json",
  "/icon.svg",
  "/favicon.ico",
  "/.env",
  "/package.json",
  "/.git/HEAD",
];
/** Headers that something on the way to a page or a procedure looks at. */
const HEADERS: readonly Header[] = [
  ["Origin", "http://shop.example"],
  ["Origin", "https://evil.example"],
  ["Sec-Fetch-Site", "same-origin"],
  ["Sec-Fetch-Site", "cross-site"],
  ["Accept", "text/x-component"],
  ["Accept-Encoding", "br;q=1, gzip;q=0, *;q=0"],
  ["Accept-Language", "en-US,en;q=0.9,ko;q=0.8"],
  ["RSC", "1"],
  ["Next-Router-Prefetch", "1"],
  ["Next-Router-Segment-Prefetch", "/_tree"],
  ["Next-Router-State-Tree", "%5B%22%22%2C%7B%7D%5D"],
  ["Next-Url", "/events/1"],
  ["Next-Action", "00"],
  ["X-Middleware-Subrequest", "middleware"],
  ["X-Invoke-Path", "/"],
  ["X-Matched-Path", "/"],
  ["X-Next-Revalidated-Tags", "x"],
  ["X-Forwarded-For", "203.0.113.9"],
  ["X-Forwarded-Host", "evil.example"],
  ["X-Forwarded-Proto", "https"],
  ["X-Request-Id", "from-the-fuzzer-1"],
  ["X-HTTP-Method-Override", "POST"],
  ["TRPC-Accept", "application/jsonl"],
  ["Content-Security-Policy", "script-src 'nonce-x'"],
  ["Expect", "100-continue"],
  ["Range", "bytes=0-1"],
  ["If-None-Match", "*"],
  ["If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT"],
  ["Connection", "close"],
  ["Connection", "keep-alive, x"],
  ["Upgrade", "websocket"],
  ["Content-Encoding", "gzip"],
  ["Purpose", "prefetch"],
  ["Cookie", "language=en"],
];
const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "application/octet-stream",
];

export function fuzzRequest(random: Random, cast: Cast): FuzzRequest {
  const draft = random.chance(0.75) ? callDraft(random, cast) : pathDraft(random);
  if (random.chance(0.1)) draft.method = random.pick(METHODS);
  if (random.chance(0.15)) draft.target = `/${mutateText(random, draft.target.slice(1), PATH_LETTERS)}`;
  while (random.chance(0.4)) draft.headers.push(bentHeader(random));
  const bytes = written(random, draft);
  // Nobody can tell whether the answer to a broken HEAD has a body.
  if (draft.method !== "HEAD" && random.chance(0.08))
    return { ...sent(random, broken(random, bytes)), method: draft.method, whole: false };
  return { ...sent(random, bytes), method: draft.method, whole: true };
}

function callDraft(random: Random, cast: Cast): Draft {
  const [name, procedure] = random.pick(Object.entries(procedures));
  const good = procedure.good(random.pick(cast.targets)) ?? {};
  const input = random.chance(0.35) ? good : mutateJson(random, good);
  let text = writeJson(input);
  if (random.chance(0.15)) text = mutateText(random, text, '{}[]":,0e-\\u\u0000n');
  const headers: Header[] = [["Cookie", cookieOf(random, cast)]];
  const path = `/api/trpc/${random.chance(0.9) ? name : batchOf(random)}`;
  const query = random.chance(0.1) ? "?batch=1" : "";
  if ((procedure.kind === "mutation") !== random.chance(0.05)) {
    headers.push(["Content-Type", random.chance(0.85) ? "application/json" : random.pick(TYPES)]);
    return { method: "POST", target: path + query, headers, body: text };
  }
  const encoded = encodeURIComponent(text.toWellFormed()).slice(0, 12_000);
  return { method: "GET", target: `${path}${query || "?x"}&input=${encoded}`, headers, body: null };
}

function batchOf(random: Random): string {
  const names = Object.keys(procedures);
  return Array.from({ length: 1 + random.below(14) }, () => random.pick(names)).join(",");
}

function pathDraft(random: Random): Draft {
  const body = random.chance(0.1) ? "x".repeat(random.below(3000)) : null;
  return { method: "GET", target: random.pick(PATHS), headers: [], body };
}

function cookieOf(random: Random, cast: Cast): string {
  const good = random.pick(cast.cookies);
  if (random.chance(0.7)) return good;
  if (random.chance(0.5)) return mutateText(random, good, VALUE_LETTERS).trim();
  const [, cookies] = random.pick(badCookies(good));
  return cookies[0] ?? "";
}

function bentHeader(random: Random): Header {
  const [name, value] = random.pick(HEADERS);
  return [name, random.chance(0.6) ? value : mutateText(random, value, VALUE_LETTERS).trim()];
}

function written(random: Random, { method, target, headers, body }: Draft): Buffer {
  if (body === null) return requestBytes({ method, target, headers });
  const text = body.toWellFormed();
  if (random.chance(0.75)) return requestBytes({ method, target, headers, body: text });
  return requestBytes({
    method,
    target,
    headers: [...headers, ["Transfer-Encoding", "chunked"]],
    body: chunked(pieces(random, text)),
    length: false,
  });
}

function pieces(random: Random, text: string): string[] {
  const cut: string[] = [];
  const letters = [...text];
  while (letters.length > 0) cut.push(letters.splice(0, 1 + random.below(letters.length)).join(""));
  return cut;
}

/** Any byte may change: length, framing and meaning with it. */
function broken(random: Random, bytes: Buffer): Buffer {
  const letters = "\r\n\u0000 :;,ÿ0aZ{}";
  const bent = mutateText(random, bytes.toString("latin1"), letters);
  return Buffer.from(random.chance(0.3) ? bent.slice(0, random.below(bent.length + 1)) : bent, "latin1");
}

function sent(random: Random, bytes: Buffer): Pick<FuzzRequest, "pieces"> {
  const cuts = random.chance(0.8) ? 1 : 2 + random.below(4);
  const size = Math.max(1, Math.ceil(bytes.length / cuts));
  const parts: FuzzRequest["pieces"] = [];
  for (let at = 0; at < bytes.length; at += size)
    parts.push({ bytes: bytes.subarray(at, at + size), afterMs: at === 0 ? 0 : random.below(20) });
  return { pieces: parts };
}

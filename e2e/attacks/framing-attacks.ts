/** Bytes about whose meaning two servers could disagree, and bytes that are no HTTP at all. */
import { JSON_TYPE } from "./attack.ts";
import { type RequestParts, requestBytes } from "./wire.ts";

export type FramingAttack = { title: string; bytes: string | Buffer; status: number };

/** @param smuggled a whole request that would win a seat, if the server ever read it as one of its own */
export function framingAttacks(smuggled: string): FramingAttack[] {
  return [...lengths(smuggled), ...lines(), ...starts(), ...targets(), ...hosts(), ...floods()];
}

function post(headers: string, body: string): string {
  return `POST /api/trpc/session.signOut HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;
}

/** A body that ends in two places; what lies between would be the next request. */
function lengths(smuggled: string): FramingAttack[] {
  const chunkedEnd = `0\r\n\r\n${smuggled}`;
  const size = Buffer.byteLength(chunkedEnd);
  const both = (coding: string) =>
    post(`Content-Length: ${size}\r\nTransfer-Encoding: ${coding}`, chunkedEnd);
  const bad = (title: string, bytes: string): FramingAttack => ({ title, bytes, status: 400 });
  return [
    bad("a length and chunks", both("chunked")),
    bad("chunks and a length", post(`Transfer-Encoding: chunked\r\nContent-Length: 4`, chunkedEnd)),
    bad("two lengths", post(`Content-Length: 2\r\nContent-Length: ${2 + smuggled.length}`, `{}${smuggled}`)),
    bad("the same length twice", post("Content-Length: 2\r\nContent-Length: 2", `{}${smuggled}`)),
    bad("a list of lengths", post("Content-Length: 2, 2", `{}${smuggled}`)),
    bad("a negative length", post("Content-Length: -1", smuggled)),
    bad("a length with a sign", post("Content-Length: +2", `{}${smuggled}`)),
    bad("a length in hex", post("Content-Length: 0x2", `{}${smuggled}`)),
    bad("a length beyond 64 bits", post("Content-Length: 99999999999999999999", "{}")),
    bad("an unknown coding", post("Transfer-Encoding: xchunked", chunkedEnd)),
    bad("chunked inside another coding", post("Transfer-Encoding: gzip, chunked", chunkedEnd)),
    bad("chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", chunkedEnd)),
    bad("chunked before identity", post("Transfer-Encoding: chunked, identity", chunkedEnd)),
    bad("a blank before the colon", post("Transfer-Encoding : chunked", chunkedEnd)),
    bad("a tab before the colon", post("Content-Length\t: 2", `{}${smuggled}`)),
    bad("a folded header", post("X: y\r\n Transfer-Encoding: chunked", chunkedEnd)),
    bad("a chunk size that is none", post("Transfer-Encoding: chunked", `z\r\n{}\r\n${chunkedEnd}`)),
    bad("a chunk size with a sign", post("Transfer-Encoding: chunked", `+2\r\n{}\r\n${chunkedEnd}`)),
    bad(
      "a chunk that is longer than it says",
      post("Transfer-Encoding: chunked", `1\r\n{}\r\n${chunkedEnd}`),
    ),
    bad("a chunk size beyond 64 bits", post("Transfer-Encoding: chunked", `${"f".repeat(17)}\r\n{}`)),
    bad("chunks that end with a bare line feed", post("Transfer-Encoding: chunked", `2\n{}\n${chunkedEnd}`)),
    {
      title: "64 KiB of chunk extensions",
      bytes: post("Transfer-Encoding: chunked", `2;${"x".repeat(65_536)}\r\n{}\r\n0\r\n\r\n`),
      status: 413,
    },
  ];
}

function lines(): FramingAttack[] {
  const bad = (title: string, bytes: string | Buffer): FramingAttack => ({ title, bytes, status: 400 });
  return [
    bad("bare line feeds", "GET /healthz HTTP/1.1\nHost: x\n\n"),
    bad("a bare carriage return", "GET /healthz HTTP/1.1\r\nHost: x\rX: y\r\n\r\n"),
    bad("a line feed inside a header", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\nY: b\r\n\r\n"),
    bad("a NUL in a header", "GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n"),
    bad("a header without a name", "GET /healthz HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n"),
    bad("a header without a colon", "GET /healthz HTTP/1.1\r\nHost: x\r\nX\r\n\r\n"),
    bad("a header in UTF-8 letters", "GET /healthz HTTP/1.1\r\nHost: x\r\nÄ: a\r\n\r\n"),
    bad("a first header that is folded", "GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n"),
  ];
}

function starts(): FramingAttack[] {
  const bad = (title: string, bytes: string | Buffer): FramingAttack => ({ title, bytes, status: 400 });
  const tls = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x0d, 0x0a]);
  return [
    bad("a TLS greeting", tls),
    bad("HTTP/2 in the open", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    bad("HTTP/0.9", "GET /healthz\r\nHost: x\r\n\r\n"),
    bad("HTTP/3.0", "GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n"),
    bad("a version that is none", "GET /healthz HTTP/one\r\nHost: x\r\n\r\n"),
    bad("a method in small letters", "get /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
    bad("an answer instead of a request", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    bad("an unknown method", "CLAIM /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
    bad("noise", Buffer.from(Array.from({ length: 512 }, (_, at) => (at * 151 + 7) % 256))),
    { title: "CONNECT", bytes: "CONNECT internal:3306 HTTP/1.1\r\nHost: internal:3306\r\n\r\n", status: 405 },
    { title: "an expectation", bytes: "GET / HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n", status: 417 },
  ];
}

function targets(): FramingAttack[] {
  const at = (target: string, status = 400): FramingAttack => ({
    title: `the target ${target.slice(0, 60)}`,
    bytes: requestBytes({ target }),
    status,
  });
  return [
    "http://other.example/api/trpc/event.list",
    "https://other.example:443/",
    "//other.example/",
    "///other.example",
    "/\\other.example",
    "/%5cother.example",
    "/events/../healthz",
    "/events/%2e%2e/healthz",
    "/./healthz",
    "/_next/static/..%2f..%2f..%2fpackage.json",
    "/_next/static/%2e%2e/%2e%2e/package.json",
    "/events%2f1",
    "/%00",
    "/events/%0d%0aSet-Cookie:%20a=b",
    "/%",
    "/%zz",
    "/%c0%ae%c0%ae/",
    "*",
    "healthz",
    "?x",
  ]
    .map((target) => at(target))
    .concat(at(`/${"a".repeat(20_000)}`, 431), at(`/?${"a=b&".repeat(8_000)}`, 431));
}

function hosts(): FramingAttack[] {
  const bad = (title: string, bytes: string): FramingAttack => ({ title, bytes, status: 400 });
  return [
    bad("no Host", "GET /healthz HTTP/1.1\r\n\r\n"),
    bad("two Hosts", "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
    bad("the same Host twice", "GET /healthz HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n"),
    bad(
      "a Host that is none, where an address is made of it",
      "GET /api/trpc/event.list HTTP/1.1\r\nHost: a b/@:x\r\n\r\n",
    ),
  ];
}

function floods(): FramingAttack[] {
  const flooded = (title: string, headers: RequestParts["headers"]): FramingAttack => ({
    title,
    bytes: requestBytes({ target: "/api/trpc/session.me", headers: headers ?? [] }),
    status: 431,
  });
  const many = (count: number, value: string) =>
    Array.from({ length: count }, (_, index) => [`X-${index}`, value] as const);
  return [
    flooded("5,000 headers", many(5_000, "a")),
    flooded("one header of 1 MiB", [["X", "a".repeat(1024 * 1024)]]),
    flooded("a cookie of 17 KiB", [["Cookie", "a".repeat(17 * 1024)]]),
    flooded("a type of 17 KiB", [["Content-Type", "a".repeat(17 * 1024)], JSON_TYPE]),
  ];
}

/** The names of what we keep in memory, by which browsers and caches ask whether theirs is still the same. */
import { createHash } from "node:crypto";
import type { Encoding } from "./encodings.ts";

/** 132 bits of it, more than chance will ever meet. */
export function contentHash(body: Buffer): string {
  return createHash("sha256").update(body).digest("base64url").slice(0, 22);
}

/** Each encoding is another representation, so it needs an ETag of its own (RFC 9110 section 8.8.3.3). */
export function etagOf(hash: string, encoding: Encoding | null): string {
  return `"${hash}${encoding === null ? "" : `-${encoding}`}"`;
}

/** If-None-Match compares weakly (RFC 9110 section 13.1.2): proxies may have put a W/ in front. */
export function holds(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((part) => part.trim().replace(/^W\//, "") === etag || part.trim() === "*");
}

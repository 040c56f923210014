/** Is this request one that our own page, or a program, would send? Headers in, verdict out. */
import type { IncomingHttpHeaders } from "node:http";

/**
 * Browsers add Origin and Sec-Fetch-Site to every POST, and pages cannot forge them; programs send neither.
 * @param publicOrigin the origin that must match; null: the Origin's host must be the Host header
 */
export function isSameOrigin(headers: IncomingHttpHeaders, publicOrigin: string | null): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;

  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (publicOrigin !== null) return origin === publicOrigin;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** The user whom our page shows (app/lib/trpc.ts); programs leave it out. */
const OWNER_HEADER = "sunchak-user";

/** Whether the request is meant for this user, or for whoever is signed in. */
export function isMeantFor(headers: IncomingHttpHeaders, userId: string): boolean {
  const owner = headers[OWNER_HEADER];
  return owner === undefined || owner === userId;
}

export function isJson(headers: IncomingHttpHeaders): boolean {
  const [mediaType] = (headers["content-type"] ?? "").split(";", 1);
  return mediaType?.trim().toLowerCase() === "application/json";
}

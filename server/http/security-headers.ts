/** The headers that every answer carries, and the Content-Security-Policy of a page. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

const HSTS_MAX_AGE_S = 365 * 24 * 60 * 60;

const always = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "X-Frame-Options": "DENY",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** What is not a page loads nothing and is framed by nobody. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** @param https whether browsers reach us by https; only then may they be told to insist on it */
export function setSecurityHeaders(res: ServerResponse, https: boolean): void {
  for (const [name, value] of Object.entries(always)) res.setHeader(name, value);
  res.setHeader("Content-Security-Policy", DATA_POLICY);
  if (https) res.setHeader("Strict-Transport-Security", `max-age=${HSTS_MAX_AGE_S}; includeSubDomains`);
}

/**
 * Gives this request a nonce of its own. Next reads it from the policy in the request's headers and puts it on its
 * scripts, so a client's own header of that name must not get through.
 */
export function setPagePolicy(
  req: IncomingMessage,
  res: ServerResponse,
  settings: { dev: boolean; https: boolean },
): void {
  const policy = pagePolicy(randomBytes(16).toString("base64"), settings);
  req.headers["content-security-policy"] = policy;
  delete req.headers["content-security-policy-report-only"];
  res.setHeader("Content-Security-Policy", policy);
}

/** 'strict-dynamic' lets the scripts that carry the nonce load the rest of the build, and nothing else does. */
function pagePolicy(nonce: string, { dev, https }: { dev: boolean; https: boolean }): string {
  const directives = [
    "default-src 'self'",
    // The development build of React evaluates code to rebuild stack traces.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    // Style attributes cannot carry a nonce, and a style runs no code.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(https ? ["upgrade-insecure-requests"] : []),
  ];
  return directives.join("; ");
}

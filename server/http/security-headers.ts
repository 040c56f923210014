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

/**
 * The headers of every answer that is not a page.
 * @param https whether browsers reach us by https; only then may they be told to insist on it
 */
export function securityHeaders(https: boolean): Readonly<Record<string, string>> {
  return {
    ...always,
    "Content-Security-Policy": DATA_POLICY,
    ...(https ? { "Strict-Transport-Security": `max-age=${HSTS_MAX_AGE_S}; includeSubDomains` } : {}),
  };
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
  const policy = noncePolicy(randomBytes(16).toString("base64"), settings);
  req.headers["content-security-policy"] = policy;
  delete req.headers["content-security-policy-report-only"];
  res.setHeader("Content-Security-Policy", policy);
}

/**
 * 'strict-dynamic' lets the scripts that carry the nonce load the rest of the build, and nothing else does.
 * Development is looser: React evaluates code to rebuild stack traces, and Next's tools put styles into the page.
 */
export function noncePolicy(nonce: string, { dev, https }: { dev: boolean; https: boolean }): string {
  return pagePolicy({
    scripts: `'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    styles: `'self'${dev ? " 'unsafe-inline'" : ""}`,
    https,
  });
}

/**
 * For a page that many get as it is: a nonce that they share would be none. Its inline scripts are named by their
 * content, and the others are files of ours; 'strict-dynamic' would shut those out that stand in the HTML.
 * @param hashes of the inline scripts: SHA-256 in base64
 */
export function hashPolicy(hashes: readonly string[], { https }: { https: boolean }): string {
  const scripts = ["'self'", ...hashes.map((hash) => `'sha256-${hash}'`)].join(" ");
  return pagePolicy({ scripts, styles: "'self'", https });
}

/** Styles come as files alone: no page has a style element or attribute of its own. */
function pagePolicy({ scripts, styles, https }: { scripts: string; styles: string; https: boolean }): string {
  const directives = [
    "default-src 'none'",
    `script-src ${scripts}`,
    `style-src ${styles}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(https ? ["upgrade-insecure-requests"] : []),
  ];
  return directives.join("; ");
}

/** Where sign-in leads back to. A link from elsewhere must not turn our sign-in page into a way to another site. */

/**
 * The path to go to after sign-in, or "/" for anything but a path of this site.
 * "//host", "/\host" and control characters (which URL parsers drop) would all leave the site.
 */
export function safeNextPath(next: string | string[] | undefined | null): string {
  if (typeof next !== "string" || !next.startsWith("/") || next.startsWith("//")) return "/";
  if (next.includes("\\") || hasControlCharacter(next)) return "/";
  const base = "http://same.invalid";
  const url = URL.parse(next, base);
  if (url === null || url.origin !== base || url.pathname.startsWith("//")) return "/";
  return url.pathname + url.search + url.hash;
}

/** The sign-in page that comes back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?next=${encodeURIComponent(path)}`;
}

function hasControlCharacter(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

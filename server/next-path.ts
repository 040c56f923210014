/**
 * Where sign-in leads back to. A link from elsewhere must not turn our sign-in into a way to another site. Pure, so
 * that the page and the front door can both hold to this one rule.
 */

/** Longer than any address of ours; it travels in a cookie. */
const LENGTH_MAX = 512;

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
  const path = url.pathname + url.search + url.hash;
  return path.length <= LENGTH_MAX ? path : "/";
}

function hasControlCharacter(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

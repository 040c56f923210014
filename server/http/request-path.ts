/** The path of a request, checked once, before anything routes by it. */

/** What nearly every request asks for: plain names, one after the other, which nobody can read in two ways. */
const PLAIN = /^(?:\/[\w-]+(?:\.[\w-]+)*)+$/;
const TWO_READINGS = /\/\/|\\|\/\.{1,2}(\/|$)/;

/**
 * @returns the path without its query, still encoded; null when the target is not a plain path: another form of
 * request target (RFC 9112 section 3.2), broken percent-encoding, or what browsers never send and attacks do, because
 * two readers may take it for different paths: control characters, "//", dot segments, encoded slashes, backslashes.
 */
export function requestPath(target: string | undefined): string | null {
  if (target === undefined || !target.startsWith("/")) return null;
  const [path = "/"] = target.split("?", 1);
  if (PLAIN.test(path)) return path;
  if (/%2f/i.test(path)) return null;
  try {
    const text = decodeURIComponent(path);
    return hasControlCharacter(text) || TWO_READINGS.test(text) ? null : path;
  } catch {
    return null;
  }
}

function hasControlCharacter(text: string): boolean {
  for (const character of text) if (character < " " || character === "\u007f") return true;
  return false;
}

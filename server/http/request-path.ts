/** The path of a request, checked once, before anything routes by it. */

/**
 * @returns the path without its query, still encoded; null when the target is not a plain path: another form of
 * request target (RFC 9112 section 3.2), broken percent-encoding, or a control character, which only attacks carry.
 */
export function requestPath(target: string | undefined): string | null {
  if (target === undefined || !target.startsWith("/")) return null;
  const [path = "/"] = target.split("?", 1);
  try {
    return hasControlCharacter(decodeURIComponent(path)) ? null : path;
  } catch {
    return null;
  }
}

function hasControlCharacter(text: string): boolean {
  for (const character of text) if (character < " " || character === "\u007f") return true;
  return false;
}

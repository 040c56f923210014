/** The way to the sign-in page. Where it leads back to is checked by `server/next-path.ts`. */

/** The sign-in page that comes back to `path`. */
export function signInPath(path: string): string {
  return `/sign-in?next=${encodeURIComponent(path)}`;
}

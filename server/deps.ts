/**
 * What the web process has put together, kept in one place. Next evaluates pages in a module graph of its own, where
 * an imported singleton would be a second, empty copy; a key of the global symbol registry is the same in both.
 */
import type { AuthMode } from "./identity.ts";
import type { Caller } from "./trpc/router.ts";

export type Deps = {
  /** The API as the owner of this Cookie header may use it, without HTTP. */
  caller: (cookieHeader: string | undefined) => Caller;
  /** What the sign-in page has to offer. */
  authMode: AuthMode;
};

const KEY = Symbol.for("sunchak.deps");
const holder = globalThis as { [KEY]?: Deps };

/** @throws Error when the page runs outside the web process, for example under `next dev` or while prerendering */
export function getDeps(): Deps {
  const deps = holder[KEY];
  if (deps === undefined)
    throw new Error(
      "The dependencies are missing: pages are served by `node server/main.ts`, not by the `next` command, and must be dynamic.",
    );
  return deps;
}

/** For server/main.ts and tests. */
export function setDeps(deps: Deps): void {
  holder[KEY] = deps;
}

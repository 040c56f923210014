/**
 * Preloaded (`node --import`) into the many short-lived processes of tests, which spend most of their CPU on loading
 * modules. Node parses a package's whole package.json again for each file that is imported from it, to learn whether
 * that is a module; drizzle-orm's has 180 KB and 130 such files, which is half a second of CPU in each process. The
 * files that are loaded are the same with and without this.
 */
import { registerHooks } from "node:module";

const PACKAGE = "/node_modules/drizzle-orm/";

registerHooks({ resolve });

/**
 * A file that a module of the package imports from beside it is a module of the package as well.
 * @type {import("node:module").ResolveHookSync}
 */
export function resolve(specifier, context, nextResolve) {
  const { parentURL = "", conditions } = context;
  const isOwn = parentURL.includes(PACKAGE) && /^\.\.?\/.*\.js$/.test(specifier);
  if (!isOwn || !conditions.includes("import")) return nextResolve(specifier, context);
  return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
}

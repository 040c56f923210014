/**
 * The gate's scripts of an epoch: their text, and the SHA1 by which they are called. The epoch is in the text, so
 * every process can compute the SHAs, and Redis knows them only if the guardian loaded them for this very epoch.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Each script, and the shared pieces of Lua it needs behind the fence. */
const SCRIPTS = {
  claim: ["settings", "seat"],
  confirm: ["seat"],
  configure: ["settings"],
  status: ["settings", "seat"],
  pending: ["settings", "seat"],
  seats: ["seat"],
  begin: [],
  content: [],
  put: [],
  open: ["settings"],
} as const satisfies Record<string, readonly string[]>;

export type ScriptName = keyof typeof SCRIPTS;
type Script = { text: string; sha: string };

export const scriptNames = Object.keys(SCRIPTS) as ScriptName[];

/** Epochs are few; a rebuild that fails all night must not fill the memory with them. */
const CACHED_EPOCHS_MAX = 8;

const sources = new Map(scriptNames.map((name) => [name, sourceOf(name)]));
const cache = new Map<number, Record<ScriptName, Script>>();

/** The scripts of an epoch. The same object for the same epoch, for as long as it is cached. */
export function scriptsOf(epoch: number): Record<ScriptName, Script> {
  let scripts = cache.get(epoch);
  if (!scripts) {
    scripts = compose(epoch);
    if (cache.size >= CACHED_EPOCHS_MAX) cache.clear();
    cache.set(epoch, scripts);
  }
  return scripts;
}

function compose(epoch: number): Record<ScriptName, Script> {
  if (!Number.isSafeInteger(epoch) || epoch < 1)
    throw new RangeError(`epoch ${epoch} is not a positive integer`);
  const entries = scriptNames.map((name) => {
    const text = `local EPOCH = ${epoch}\n${sources.get(name)}`;
    return [name, { text, sha: createHash("sha1").update(text).digest("hex") }];
  });
  return Object.fromEntries(entries) as Record<ScriptName, Script>;
}

function sourceOf(name: ScriptName): string {
  return ["fence", ...SCRIPTS[name], name].map(readLua).join("\n");
}

function readLua(name: string): string {
  return readFileSync(new URL(`./${name}.lua`, import.meta.url), "utf8");
}

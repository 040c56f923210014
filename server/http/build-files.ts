/** Reads the files of a Next build that browsers may ask for, all at once when the process starts. */
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { AssetFile } from "./assets.ts";

/** What Next keeps a file under that it serves by its name alone, such as the icon. */
const BODY = ".body";

/**
 * @param folder that of `next build`
 * @returns every file below `static`, and those that stand at the top of the site (`/icon.svg`)
 */
export async function readBuildFiles(folder: string): Promise<AssetFile[]> {
  const [hashed, atTop] = await Promise.all([
    read(join(folder, "static"), { recursive: true, ending: "" }),
    read(join(folder, "server", "app"), { recursive: false, ending: BODY }),
  ]);
  return [
    ...hashed.map(({ name, body }) => ({ path: `/_next/static/${name}`, body })),
    ...atTop.map(({ name, body }) => ({ path: `/${name.slice(0, -BODY.length)}`, body })),
  ];
}

type NamedFile = { name: string; body: Buffer };

/** @returns names relative to the folder, with slashes; a link is not a file of the build and is left out */
async function read(
  folder: string,
  { recursive, ending }: { recursive: boolean; ending: string },
): Promise<NamedFile[]> {
  const entries = await readdir(folder, { recursive, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name);
        return { name: relative(folder, file).split(sep).join("/"), body: await readFile(file) };
      }),
  );
}

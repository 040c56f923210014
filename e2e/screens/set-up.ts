/** Builds the pages unless a build of these sources is there, and starts a product of its own, as for the browser tests. */
import { rmSync } from "node:fs";
import { buildPages, isBuilt } from "../../stack/build.mjs";
import startProduct from "../pages/set-up.ts";
import { SCREENS_DIR } from "./shots.ts";

/** Not that of `npm start`: a running product must not lose its pages. */
const DIST_DIR = ".next-screens";

export default async function setUp(): Promise<() => Promise<void>> {
  rmSync(SCREENS_DIR, { recursive: true, force: true });
  process.env.NEXT_DIST_DIR ??= DIST_DIR;
  if (!process.env.BASE_URL && !isBuilt(process.env.NEXT_DIST_DIR))
    await buildPages({ distDir: process.env.NEXT_DIST_DIR });
  return await startProduct();
}

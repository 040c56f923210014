/** The environment of a program that was unpacked into a folder of ours instead of being installed. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * The unpacked libraries lie beside the program, under the architecture's folder.
 * @param {string} root
 */
export function libraryEnv(root) {
  const folders = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((name) => join(root, "usr/lib", name));
  return { ...process.env, LD_LIBRARY_PATH: folders.filter((folder) => existsSync(folder)).join(":") };
}

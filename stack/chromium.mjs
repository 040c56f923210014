/** The Chromium of the browser tests: the one that was named, the system's, or installed by apt-get. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { installAsRoot } from "./apt.mjs";
import { Failure } from "./failure.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FOLDERS = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/**
 * The path of a Chromium, for CHROMIUM_PATH of the browser tests.
 * @returns {Promise<string>}
 * @throws {Failure} when there is none and we may not install one
 */
export async function acquireChromium() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (isProgram(given)) return given;
    throw new Failure(`CHROMIUM_PATH is ${given}, and there is no program of that name.`);
  }
  const found = find();
  if (found) return found;
  await installAsRoot({ packages: ["chromium"], what: "Chromium", why: "the browser tests use it" });
  const installed = find();
  if (!installed)
    throw new Failure("Chromium was installed and is not where it should be: set CHROMIUM_PATH.");
  return installed;
}

function find() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...FOLDERS];
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...paths, MAC].find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

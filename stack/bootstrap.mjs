/** The first thing every entry point does: npm packages as the lock file says, and a Node that can run TypeScript. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { withLock } from "./cache.mjs";
import { Failure } from "./failure.mjs";
import { BIN_DIR, ROOT, STACK_DIR } from "./paths.mjs";
import { step } from "./progress.mjs";
import { outputOf, run } from "./run.mjs";
import { watchParent } from "./shutdown.mjs";

const NODE_MAJOR_MIN = 24;

/**
 * Installs what is missing, and when this Node is too old runs the script again under the one from the packages.
 * @returns {Promise<number | null>} the exit code of that second run; null: go on in this process
 */
export async function bootstrap() {
  await installPackages();
  process.env.PATH = `${BIN_DIR}${delimiter}${process.env.PATH ?? ""}`;
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  if (majorOf(process.version) >= NODE_MAJOR_MIN) return null;
  return runAgain(newNode());
}

async function installPackages() {
  if (packagesMatch(ROOT)) return;
  // Two entry points at once (npm start beside npm test) must not install into the same folder together.
  await withLock(join(STACK_DIR, "npm-ci.lock"), async () => {
    if (packagesMatch(ROOT)) return;
    const log = join(STACK_DIR, "logs", "npm-ci.log");
    await step("npm packages: npm ci", () =>
      run("npm", ["ci", "--no-progress", "--include=dev"], { cwd: ROOT, log }),
    );
  });
}

/**
 * Whether node_modules holds what package-lock.json says. npm keeps its own record of what it installed; contents
 * are compared, because a checkout gives files new times.
 * @param {string} root
 */
export function packagesMatch(root) {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  /** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean }} Entry */
  const read = (/** @type {string} */ file) =>
    /** @type {Record<string, Entry>} */ (JSON.parse(readFileSync(file, "utf8")).packages ?? {});
  const installed = read(installedFile);
  return Object.entries(read(join(root, "package-lock.json"))).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    // Packages for another system or processor are rightly absent.
    if (!found) return Boolean(wanted.optional || wanted.devOptional);
    return found.version === wanted.version;
  });
}

function newNode() {
  const node = join(BIN_DIR, "node");
  if (existsSync(node) && majorOf(outputOf(node, ["--version"]) ?? "") >= NODE_MAJOR_MIN) return node;
  throw new Failure(
    `Node ${NODE_MAJOR_MIN} or later is needed, and there is no package of it for this machine: install it.`,
  );
}

/** @param {string} version such as "v24.1.0" */
function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version.trim())?.[1] ?? 0);
}

/**
 * Runs this script with the same arguments under another Node, passes signals on, and waits for its end.
 * @param {string} node
 * @returns {Promise<number>}
 */
async function runAgain(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  watchParent(() => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}

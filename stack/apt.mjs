/** Debian packages without touching the system: own lists, own cache, unpacked into a folder; and installing as root. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { debianSource, parseSources } from "./apt-sources.mjs";
import { Failure } from "./failure.mjs";
import { CACHE_DIR, STACK_DIR } from "./paths.mjs";
import { step } from "./progress.mjs";
import { isRoot, outputOf, run } from "./run.mjs";

const APT_LOG = join(STACK_DIR, "logs", "apt.log");
/** Not needed to run a program, and half of the size. */
const NEEDLESS = ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian"];

export function hasApt() {
  return process.platform === "linux" && outputOf("apt-get", ["--version"]) !== null;
}

/**
 * The distribution's id, version and code name, as in /etc/os-release.
 * @returns {{ id: string, version: string, codename: string }}
 */
export function distribution() {
  const text = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const value = (/** @type {string} */ key) =>
    new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  return {
    id: value("ID") || process.platform,
    version: value("VERSION_ID"),
    codename: value("VERSION_CODENAME"),
  };
}

/**
 * Downloads packages and what they depend on, and unpacks them into `root`. "distribution": only what the system
 * lacks, to run with the system's libraries. "unstable": everything down to libc, from Debian unstable of the
 * mirror this machine already uses, to run through its own loader.
 * @param {{ packages: string[], root: string, from: "distribution" | "unstable" }} options
 * @throws {Failure} when there is no apt-get, or the download fails
 */
export async function unpackPackages({ packages, root, from }) {
  if (!hasApt()) {
    throw new Failure(
      `${packages.join(", ")} is not installed, and there is no apt-get to fetch it: install it, or use STACK=docker.`,
    );
  }
  mkdirSync(CACHE_DIR, { recursive: true });
  const work = mkdtempSync(join(CACHE_DIR, "apt-"));
  try {
    const options = privateAptOptions(work, from);
    await run("apt-get", [...options, "update"], { log: APT_LOG });
    const install = ["-y", "install", "--download-only", "--no-install-recommends", ...packages];
    await run("apt-get", [...options, ...install], { log: APT_LOG });
    const archives = join(work, "cache/archives");
    for (const name of readdirSync(archives).filter((entry) => entry.endsWith(".deb"))) {
      await run("dpkg-deb", ["-x", join(archives, name), root], { log: APT_LOG });
    }
    for (const folder of NEEDLESS) rmSync(join(root, folder), { recursive: true, force: true });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Options that keep apt-get's hands off the system: it reads the system's sources and keys, and writes only here.
 * @param {string} work
 * @param {"distribution" | "unstable"} from
 */
function privateAptOptions(work, from) {
  for (const folder of ["lists/partial", "cache/archives/partial"]) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  const settings = [
    `Dir::State::Lists=${work}/lists`,
    `Dir::Cache=${work}/cache`,
    "Debug::NoLocking=true",
    "APT::Sandbox::User=", // the download user could not write into our folder
  ];
  if (from === "unstable") {
    writeFileSync(join(work, "unstable.list"), `${unstableSourceLine()}\n`);
    writeFileSync(join(work, "status"), ""); // nothing counts as installed: the whole closure comes along
    settings.push(
      `Dir::Etc::sourcelist=${work}/unstable.list`,
      "Dir::Etc::sourceparts=/dev/null",
      `Dir::State::status=${work}/status`,
    );
  }
  return settings.flatMap((setting) => ["-o", setting]);
}

function unstableSourceLine() {
  const source = debianSource(systemSources(), distribution().codename);
  if (!source) {
    throw new Failure(
      "MySQL is not installed and this machine has no Debian mirror: install it, or set DATABASE_URL.",
    );
  }
  const options = source.options ? `[${source.options}] ` : "";
  return `deb ${options}${source.uri} unstable main`;
}

function systemSources() {
  const folder = "/etc/apt/sources.list.d";
  const more = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return ["/etc/apt/sources.list", ...more]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .flatMap((file) => parseSources(readFileSync(file, "utf8"), file.endsWith(".sources")));
}

/**
 * Installs packages on the system, which only root may do; anybody else gets the sentence that says what to do.
 * @param {{ packages: string[], what: string, why: string }} options what and why: words for that sentence
 */
export async function installAsRoot({ packages, what, why }) {
  if (!hasApt() || !isRoot()) {
    const hint = `on Debian and Ubuntu: apt-get install ${packages.join(" ")}`;
    throw new Failure(`${what} is missing (${why}): install it (${hint}).`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await step(`${what}: installing it with apt-get (once)`, async () => {
    await run("apt-get", ["update"], { log: APT_LOG, env });
    await run("apt-get", ["-y", "install", "--no-install-recommends", ...packages], { log: APT_LOG, env });
  });
}

/** MySQL: the real server from PATH, or unpacked with its own libc from Debian unstable. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { distribution, unpackPackages } from "../apt.mjs";
import { cached } from "../cache.mjs";
import { Failure } from "../failure.mjs";
import { STACK_DIR } from "../paths.mjs";
import { ask } from "../ports.mjs";
import { outputOf, run } from "../run.mjs";
import { adoptServer, onPort, startServer } from "./server.mjs";

export const MYSQL_DEFAULT_PORT = 3306;
export const DATABASE = "sunchak";
const READY_TIMEOUT_MS = 60_000;
const LOG_FILE = join(STACK_DIR, "logs", "mysql-set-up.log");

/**
 * The program and the arguments that come before all others; `key` names it in the cache.
 * @typedef {{ file: string, args: string[], key: string }} MysqlProgram
 * @typedef {import("./server.mjs").Server & { url: string }} MysqlServer
 * @typedef {import("./server.mjs").ServerOptions & { args?: string[] }} MysqlOptions args: further arguments of mysqld
 */

/**
 * Finds or fetches mysqld, and initialises the data folder that every instance starts from as a copy.
 * @returns {Promise<{ program: MysqlProgram, template: string }>}
 */
export async function acquireMysql() {
  const program = (await programFromPath()) ?? (await unpackedProgram());
  const template = await cached({
    name: `mysql-data-${program.key}`,
    title: "MySQL: initialising a data folder (once)",
    build: (folder) => initialise(program, folder),
  });
  return { program, template };
}

/**
 * Starts one MySQL on 127.0.0.1; user root has no password, the database `sunchak` exists.
 * @param {MysqlOptions} options
 * @returns {Promise<MysqlServer>}
 */
export async function startMysql(options) {
  const { program, template } = await acquireMysql();
  mkdirSync(options.dir, { recursive: true });
  if (!existsSync(join(options.dir, "data"))) {
    cpSync(join(template, "data"), join(options.dir, "data"), { recursive: true });
  }
  return onPort(options, async (port) =>
    withUrl(await startServer(mysqlSpec(program, { ...options, port }))),
  );
}

/**
 * Takes over a MySQL of an earlier run.
 * @param {MysqlOptions & { port: number, pid: number }} options
 * @returns {Promise<MysqlServer | null>}
 */
export async function adoptMysql(options) {
  const { program } = await acquireMysql();
  const server = await adoptServer(mysqlSpec(program, options), options.pid);
  return server && withUrl(server);
}

/**
 * @param {import("./server.mjs").Server} server
 * @returns {MysqlServer}
 */
function withUrl(server) {
  return Object.assign(server, { url: `mysql://root@127.0.0.1:${server.port}/${DATABASE}` });
}

/**
 * @param {MysqlProgram} program
 * @param {MysqlOptions & { port: number }} options
 * @returns {import("./server.mjs").ServerSpec}
 */
function mysqlSpec(program, { args = [], ...options }) {
  const { dir, port } = options;
  return {
    ...options,
    name: "mysql",
    file: program.file,
    args: [
      ...program.args,
      ...commonArguments(dir),
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      "--skip-name-resolve",
      "--socket=mysqld.sock", // relative to the data folder: an absolute path may be too long for a socket
      "--pid-file=mysqld.pid",
      "--skip-log-bin",
      "--default-time-zone=+00:00",
      "--max-connections=300",
      "--innodb-buffer-pool-size=128M",
      "--performance-schema=OFF",
      ...args,
    ],
    ready: () => greets(port),
    readyTimeoutMs: READY_TIMEOUT_MS,
  };
}

/**
 * What `--initialize` and a start have in common; the small redo log keeps a data folder cheap to copy.
 * @param {string} dir
 */
function commonArguments(dir) {
  return [
    `--datadir=${join(dir, "data")}`,
    "--user=root",
    "--mysqlx=OFF",
    "--secure-file-priv=NULL",
    "--innodb-redo-log-capacity=32M",
  ];
}

/** @returns {Promise<MysqlProgram | null>} */
async function programFromPath() {
  const version = outputOf("mysqld", ["--no-defaults", "--version"]) ?? "";
  const major = Number(/Ver (\d+)\./.exec(version)?.[1] ?? 0);
  if (major < 8 || version.includes("MariaDB")) return null;
  return { file: "mysqld", args: ["--no-defaults"], key: `path-${/Ver (\S+)/.exec(version)?.[1]}` };
}

/** @returns {Promise<MysqlProgram>} */
async function unpackedProgram() {
  const { id, version } = distribution();
  // Only Debian has an unstable whose whole closure can be taken along; Ubuntu carries MySQL itself.
  const from = id === "debian" ? "unstable" : "distribution";
  const key = `${id}-${version}-${process.arch}`;
  const packages = [from === "unstable" ? "mysql-server-core" : "mysql-server-core-8.0"];
  const root = await cached({
    name: `mysql-${key}`,
    title: `MySQL: fetching it from ${from === "unstable" ? "Debian unstable" : "the distribution"} (once, about 60 MB)`,
    build: (folder) => unpackPackages({ packages, root: folder, from }),
  });
  const libraries = readdirSync(join(root, "usr/lib")).find((name) => name.endsWith("-linux-gnu"));
  if (!libraries)
    throw new Failure(`The unpacked MySQL in ${root} has no libraries: remove the folder and try again.`);
  const library = join(root, "usr/lib", libraries);
  const mysqld = join(root, "usr/sbin/mysqld");
  const settings = [
    "--no-defaults",
    `--basedir=${join(root, "usr")}`,
    `--lc-messages-dir=${join(root, "usr/share/mysql")}`,
  ];
  const loader = readdirSync(library).find((name) => /^ld-linux-.*\.so\.\d+$/.test(name));
  if (!loader) return { file: mysqld, args: settings, key };
  return { file: join(library, loader), args: ["--library-path", library, mysqld, ...settings], key };
}

/**
 * Makes a data folder with the user and the database, in the cache.
 * @param {MysqlProgram} program
 * @param {string} folder
 */
async function initialise(program, folder) {
  const statements = [
    "CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY ''",
    "GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION",
    `CREATE DATABASE ${DATABASE}`,
  ];
  const file = join(folder, "init.sql");
  writeFileSync(file, statements.map((statement) => `${statement};\n`).join(""));
  const args = ["--initialize-insecure", `--init-file=${file}`, ...commonArguments(folder)];
  await run(program.file, [...program.args, ...args], { cwd: folder, log: LOG_FILE });
  // Copies must not all be the same server to a replica.
  rmSync(join(folder, "data", "auto.cnf"), { force: true });
}

/**
 * A server that is ready opens with a handshake packet of protocol 10; one that refuses opens with an error.
 * @param {number} port
 */
async function greets(port) {
  const version = await ask({
    port,
    done: (received) => (received.length >= 5 ? received[4] : undefined),
  });
  return version === 10;
}

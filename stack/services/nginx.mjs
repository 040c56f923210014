/** nginx, for the tests of deploy/nginx.conf alone: from PATH, or unpacked from the distribution's package. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { distribution, unpackPackages } from "../apt.mjs";
import { cached } from "../cache.mjs";
import { ask } from "../ports.mjs";
import { isRoot, outputOf } from "../run.mjs";
import { libraryEnv } from "./library-env.mjs";
import { startServer } from "./server.mjs";

const READY_TIMEOUT_MS = 10_000;

/**
 * Finds or fetches nginx.
 * @returns {Promise<{ file: string, env: NodeJS.ProcessEnv }>}
 * @throws {import("../failure.mjs").Failure} when there is none and no apt-get either
 */
export async function acquireNginx() {
  if (outputOf("nginx", ["-h"]) !== null) return { file: "nginx", env: process.env };
  const { id, version } = distribution();
  const folder = await cached({
    name: `nginx-${id}-${version}-${process.arch}`,
    title: "nginx: fetching the distribution's package (once)",
    build: (root) => unpackPackages({ packages: ["nginx"], root, from: "distribution" }),
  });
  return { file: join(folder, "usr/sbin/nginx"), env: libraryEnv(folder) };
}

/**
 * Starts one nginx with that site.
 * @param {{ dir: string, port: number, site: string }} options port: on which the site listens without TLS; site: the text of
 *   a file as it would stand in conf.d
 * @returns {Promise<import("./server.mjs").Server>}
 */
export async function startNginx({ dir, port, site }) {
  const program = await acquireNginx();
  mkdirSync(join(dir, "temp"), { recursive: true });
  writeFileSync(join(dir, "nginx.conf"), mainFile(site));
  return startServer({
    name: "nginx",
    dir,
    port,
    file: program.file,
    args: ["-p", dir, "-c", join(dir, "nginx.conf"), "-e", "stderr"],
    env: program.env,
    ready: async () => (await ask({ port, request: "GET / HTTP/1.0\r\n\r\n", done: () => true })) === true,
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}

/**
 * What a distribution's own nginx.conf says around conf.d, with every path in our folder. One process, so that ending
 * it leaves no workers behind.
 * @param {string} site
 */
function mainFile(site) {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `  ${name}_temp_path temp/${name};`,
  );
  return [
    ...(isRoot() ? ["user root;"] : []),
    "daemon off;",
    "master_process off;",
    "pid nginx.pid;",
    "error_log stderr;",
    "events { worker_connections 4096; }",
    "http {",
    "  access_log off;",
    ...temporary,
    site,
    "}\n",
  ].join("\n");
}

/** deploy/nginx.conf in a real nginx: the very file, with only names of this machine put in the place of its examples. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { LookupFunction } from "node:net";
import { join } from "node:path";
import { generate } from "selfsigned";
import { ROOT } from "../../stack/paths.mjs";
import { freePort } from "../../stack/ports.mjs";
import { startNginx } from "../../stack/services/nginx.mjs";

/** The name in the file, which no name server knows. */
export const SITE_NAME = "coupons.example.com";

export type Nginx = {
  httpsPort: number;
  httpPort: number;
  /** the address of the site, for clients that connect with `connect` */
  base: string;
  /** how a TLS client finds the site and knows it for what it is */
  connect: { ca: string; servername: string; lookup: LookupFunction };
  /** One object per request that nginx has answered. */
  accessLog(): Record<string, unknown>[];
};

/** @param options.upstreams host:port of two web processes */
export async function startSite(options: {
  dir: string;
  upstreams: readonly [string, string];
  cleanUp: AsyncDisposableStack;
}): Promise<Nginx> {
  const dir = join(options.dir, "nginx");
  mkdirSync(dir, { recursive: true });
  const ca = await writeCertificate(dir);
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const [first, second] = options.upstreams;
  const site = replaced(readFileSync(join(ROOT, "deploy", "nginx.conf"), "utf8"), {
    "listen 80;": `listen 127.0.0.1:${httpPort};`,
    "listen 443 ssl http2": `listen 127.0.0.1:${httpsPort} ssl http2`,
    "/etc/ssl/coupons.example.com/": `${dir}/`,
    "/var/cache/nginx/sunchak": join(dir, "cache"),
    "/var/log/nginx/sunchak.log": join(dir, "access.log"),
    "127.0.0.1:3000": first,
    "127.0.0.1:3010": second,
  });
  const server = await startNginx({ dir, port: httpPort, site });
  options.cleanUp.defer(() => server.stop());
  return {
    httpsPort,
    httpPort,
    base: `https://${SITE_NAME}:${httpsPort}`,
    connect: { ca, servername: SITE_NAME, lookup: toThisMachine },
    accessLog: () =>
      readFileSync(join(dir, "access.log"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
  };
}

/** @throws when the file no longer says what is to be replaced: then something else than it would be tested */
function replaced(text: string, replacements: Record<string, string>): string {
  let result = text;
  for (const [example, real] of Object.entries(replacements)) {
    if (!result.includes(example)) throw new Error(`deploy/nginx.conf no longer contains "${example}"`);
    result = result.replaceAll(example, real);
  }
  return result;
}

/** @returns the certificate, which is its own authority */
async function writeCertificate(dir: string): Promise<string> {
  const { cert, private: key } = await generate([{ name: "commonName", value: SITE_NAME }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: SITE_NAME }] }],
  });
  writeFileSync(join(dir, "fullchain.pem"), cert);
  writeFileSync(join(dir, "privkey.pem"), key, { mode: 0o600 });
  return cert;
}

const toThisMachine: LookupFunction = (_name, options, callback) => {
  if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

/** Certificates for servers of a test: made when it runs, by an authority that nobody else trusts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";

/** Files in PEM. */
export type Certificate = { certFile: string; keyFile: string; bothFile: string };

export type Authority = {
  caFile: string;
  /** A certificate for a server that is reached by this name or address, and by no other. */
  issue(host: { name: string } | { address: string }): Promise<Certificate>;
};

const KEYS = { keyType: "ec", algorithm: "sha256" } as const;

/** @param options.dir where its files are put */
export async function createAuthority({ dir, name }: { dir: string; name: string }): Promise<Authority> {
  const ca = await generate([{ name: "commonName", value: name }], {
    ...KEYS,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  const file = (ending: string, text: string) => {
    const path = join(dir, `${name}-${ending}.pem`);
    writeFileSync(path, text);
    return path;
  };
  return {
    caFile: file("ca", ca.cert),
    async issue(host) {
      const label = "name" in host ? host.name : host.address;
      const altName =
        "name" in host ? { type: 2 as const, value: host.name } : { type: 7 as const, ip: label };
      const { cert, private: key } = await generate([{ name: "commonName", value: label }], {
        ...KEYS,
        ca: { key: ca.private, cert: ca.cert },
        extensions: [{ name: "subjectAltName", altNames: [altName] }],
      });
      return {
        certFile: file(`${label}-cert`, cert),
        keyFile: file(`${label}-key`, key),
        bothFile: file(label, `${key}\n${cert}`),
      };
    },
  };
}

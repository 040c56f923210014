/** The variable that says who stands in front of the web process, and what goes with it. Part of env.ts. */
import { isIP } from "node:net";
import { z } from "zod";
import { list } from "./values.ts";

/** The widest blocks that are set aside for private networks are 10.0.0.0/8 and fc00::/7; a wider one trusts strangers. */
const PREFIX_MIN = { 4: 8, 6: 7 } as const;
/** IPv4 in the words of IPv6; Node compares them with IPv4 callers. */
const MAPPED_IPV4 = /^\[::ffff:/;
const MAPPED_BITS = 96;

export const proxyVariables = {
  TRUSTED_PROXIES: z
    .string()
    .default("")
    .transform(list)
    .refine(
      (entries) => entries.every(isAddressOrBlock),
      `must be addresses or blocks like 10.0.0.5 or 10.1.0.0/16, with commas between them, none wider than /${PREFIX_MIN[4]} (IPv6: /${PREFIX_MIN[6]})`,
    ),
};

/** A proxy ends https and may change Host, so only the setting can say by which address browsers know us. */
export function problemsBehindProxy(env: {
  TRUSTED_PROXIES: readonly string[];
  PUBLIC_URL: string | undefined;
}): string[] {
  return env.TRUSTED_PROXIES.length > 0 && env.PUBLIC_URL === undefined
    ? ["TRUSTED_PROXIES also needs PUBLIC_URL, the address that browsers use"]
    : [];
}

function isAddressOrBlock(entry: string): boolean {
  const [address = "", prefix, ...more] = entry.split("/");
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || more.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^[1-9]\d{0,2}$/.test(prefix)) return false;
  const bits = Number(prefix);
  return bits >= prefixMin(address, family) && bits <= (family === 4 ? 32 : 128);
}

function prefixMin(address: string, family: 4 | 6): number {
  const isMapped = family === 6 && MAPPED_IPV4.test(new URL(`http://[${address}]`).hostname);
  return isMapped ? MAPPED_BITS + PREFIX_MIN[4] : PREFIX_MIN[family];
}

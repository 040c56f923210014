/** The variable that says who stands in front of the web process, and what goes with it. Part of env.ts. */
import { isIP } from "node:net";
import { z } from "zod";
import { list } from "./services.ts";

export const proxyVariables = {
  TRUSTED_PROXIES: z
    .string()
    .default("")
    .transform(list)
    .refine(
      (entries) => entries.every(isAddressOrBlock),
      "must be addresses or blocks like 10.0.0.5 or 10.1.0.0/16, with commas between them; /0 would trust everyone",
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
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0 || more.length > 0) return false;
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
}

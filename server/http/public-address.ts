/**
 * The product's own address is a setting (PUBLIC_URL) and never what a request says. Whoever renders a page gets it
 * from here, and requests that name another site are turned away.
 */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** What a request claims about its way here. Nobody behind the front door may believe it, and Next would. */
const CLAIMS = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"];

/** Names that no foreign DNS server can lead here. */
const LOCAL_NAME = "localhost";

/**
 * A page of another site whose name was pointed at our address (DNS rebinding) carries that name in Host. Numeric
 * addresses and localhost pass: health checks, programs and one's own machine use them, and no name server can.
 * @param publicUrl null: every name is right, as on one's own machine
 */
export function isOurHost(host: string | undefined, publicUrl: URL | null): boolean {
  if (publicUrl === null || host === publicUrl.host) return true;
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return hostname === publicUrl.hostname || hostname === LOCAL_NAME || isIP(bare) !== 0;
}

/** Puts the setting in the place of what the caller said, for everything behind the front door that asks. */
export function setPublicAddress(req: IncomingMessage, publicUrl: URL | null): void {
  for (const name of CLAIMS) delete req.headers[name];
  if (publicUrl === null) return;
  req.headers["x-forwarded-host"] = publicUrl.host;
  req.headers["x-forwarded-proto"] = publicUrl.protocol.slice(0, -1);
}

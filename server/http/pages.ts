/** Who answers pages, as far as the front door knows: in production and development this is Next. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

export type Pages = {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** development only: the socket that tells the browser about changed files */
  upgrade?(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
};

/**
 * Doubts about where a request ends or whom it is for. Two servers that resolve them differently can be played off
 * against each other, so nothing behind such a request on the same connection is believed either.
 */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** Browsers send one request after the other; who sends more at once wants us to hold all of their answers. */
const REQUESTS_AT_ONCE_MAX = 32;

/** A name or an address, and a port; whatever else stands in a Host, somebody makes another address of it. */
const HOST = /^[\w.:[\]-]*$/;

export interface FramingCheck {
  /** @returns the verdict on a request; "too many at once" asks for the end of the connection without another word */
  arrived(req: IncomingMessage): "fine" | "ambiguous" | "too many at once";
  /** Its answer is over, one way or the other. */
  left(req: IncomingMessage): void;
}

export function createFramingCheck(): FramingCheck {
  const connections = new WeakMap<Duplex, { underWay: number; spoiled: boolean }>();
  return {
    arrived(req) {
      const { socket } = req;
      let connection = connections.get(socket);
      if (connection === undefined) {
        connection = { underWay: 0, spoiled: false };
        connections.set(socket, connection);
      }
      connection.underWay += 1;
      if (connection.underWay > REQUESTS_AT_ONCE_MAX) return "too many at once";
      connection.spoiled ||= isAmbiguous(req);
      return connection.spoiled ? "ambiguous" : "fine";
    },
    left({ socket }) {
      const connection = connections.get(socket);
      if (connection !== undefined) connection.underWay -= 1;
    },
  };
}

/**
 * A version before 1.0, which has no headers to believe; no single Host (RFC 9112 section 3.2); or a transfer coding
 * that is not plainly "chunked" (section 6.1). Node's parser has already refused conflicting lengths and bare line feeds.
 */
function isAmbiguous(req: IncomingMessage): boolean {
  if (req.httpVersionMajor !== 1) return true;
  const hosts = countOf(req, "host");
  if (!HOST.test(req.headers.host ?? "") || hosts > 1 || (hosts === 0 && req.httpVersion !== "1.0"))
    return true;
  const coding = req.headers["transfer-encoding"];
  return coding !== undefined && coding.toLowerCase() !== "chunked";
}

function countOf(req: IncomingMessage, name: string): number {
  let count = 0;
  for (let at = 0; at < req.rawHeaders.length; at += 2) {
    const given = req.rawHeaders[at] as string;
    if (given.length === name.length && given.toLowerCase() === name) count += 1;
  }
  return count;
}

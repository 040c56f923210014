/**
 * One GET to a handler in this process, with nobody at the other end: what would go over the wire is kept. The answer
 * is Node's own, so that whoever writes it finds everything that a handler may rely on.
 */
import { type IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

export type CapturedAnswer = { status: number; body: Buffer };

type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

const END_OF_HEAD = "\r\n\r\n";

/** @throws what the handler throws; Error when there is no whole answer within `deadlineMs` */
export async function captureAnswer(
  handle: Handler,
  request: { path: string; headers: IncomingHttpHeaders },
  deadlineMs: number,
): Promise<CapturedAnswer> {
  const wire: Buffer[] = [];
  const socket = sinkInto(wire);
  const req = requestOn(socket, request);
  const res = new ServerResponse(req);
  res.assignSocket(socket);
  const timer = setTimeout(() => socket.destroy(new Error("no answer in time")), deadlineMs);
  try {
    await new Promise<void>((resolve, reject) => {
      res.once("finish", resolve);
      res.once("close", () => reject(new Error("the answer has no end")));
      socket.once("error", reject);
      handle(req, res).catch(reject);
    });
  } finally {
    clearTimeout(timer);
    // Also tells a handler that failed half-way that nobody listens any more.
    socket.destroy();
  }
  const bytes = Buffer.concat(wire);
  return {
    status: res.statusCode,
    body: bytes.subarray(bytes.indexOf(END_OF_HEAD) + END_OF_HEAD.length),
  };
}

function sinkInto(wire: Buffer[]): Socket {
  const sink = new Duplex({
    // Never full: it is Node's server that would tell the answer of a drained socket, and here is none.
    writableHighWaterMark: Number.MAX_SAFE_INTEGER,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      wire.push(chunk);
      done();
    },
  });
  return sink as Socket;
}

function requestOn(
  socket: Socket,
  { path, headers }: { path: string; headers: IncomingHttpHeaders },
): IncomingMessage {
  const req = new IncomingMessage(socket);
  req.method = "GET";
  req.url = path;
  req.headers = headers;
  // In HTTP/1.0 the end of the connection is the end of the body, which then comes without chunks around it.
  req.httpVersion = "1.0";
  req.httpVersionMajor = 1;
  req.httpVersionMinor = 0;
  req.complete = true;
  req.push(null);
  return req;
}

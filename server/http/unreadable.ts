/**
 * What Node cannot read as a request, or would not hand to a request handler. Left alone it answers such bytes by
 * itself, without our headers, or hangs up without a word.
 */
import { randomUUID } from "node:crypto";
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** By the code of Node's error; everything else is a 400. */
const statusOfError: Record<string, number | undefined> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

type Exchange = { req: IncomingMessage; res: ServerResponse };
type Observe = (answer: { status: number; requestId: string }) => void;

/**
 * Ends each such connection with an answer in words where one can be given.
 * @param options.headers those of every answer; `observe` is told about each answer
 */
export function refuseUnreadable(
  server: Server,
  options: { headers: Readonly<Record<string, string>>; observe: Observe },
): void {
  const lastExchange = new WeakMap<Duplex, Exchange>();
  const refused = new WeakSet<Duplex>();
  server.prependListener("request", (req, res) => lastExchange.set(req.socket, { req, res }));

  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    const exchange = lastExchange.get(socket);
    if (!socket.writable || error.code === "ECONNRESET") socket.destroy();
    else if (exchange !== undefined && belongsBehind(exchange)) endAfter(exchange, socket);
    else refuse(socket, statusOfError[error.code ?? ""] ?? 400);
  });
  // A tunnel is the one thing that we are not asked for as a request.
  server.on("connect", (_req: IncomingMessage, socket: Duplex) => {
    socket.on("error", () => socket.destroy());
    refuse(socket, 405);
  });

  function refuse(socket: Duplex, status: number): void {
    const requestId = randomUUID();
    socket.end(bareAnswer(status, { ...options.headers, "X-Request-Id": requestId }), () => socket.destroy());
    options.observe({ status, requestId });
  }
}

/** Whether the answer of an earlier, whole request is still under way; ours would be taken for its answer. */
function belongsBehind({ req, res }: Exchange): boolean {
  return !res.writableFinished && (req.complete || res.headersSent);
}

function endAfter({ res }: Exchange, socket: Duplex): void {
  if (!res.headersSent) res.setHeader("Connection", "close");
  res.once("close", () => socket.destroy());
}

function bareAnswer(status: number, headers: Readonly<Record<string, string>>): string {
  const reason = STATUS_CODES[status] ?? "";
  const body = `${reason}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${reason}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(status === 405 ? ["Allow: GET, HEAD"] : []),
    `Date: ${new Date().toUTCString()}`,
    "Content-Type: text/plain; charset=utf-8",
    "Cache-Control: no-store",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

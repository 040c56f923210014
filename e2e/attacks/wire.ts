/** HTTP by hand: requests that no client would send, and a strict reader of the answers. */
import { connect, type Socket } from "node:net";
import { until } from "../system/until.ts";
import { type Answer, readAnswers } from "./answers.ts";

export type Exchange = {
  answers: Answer[];
  /** everything that came, as it came */
  text: string;
  /** the server hung up, with or without an answer */
  closed: boolean;
};

/** Longer than a slow sender's 10 and 15 s. */
const PATIENCE_MS = 20_000;

/**
 * Sends bytes over a connection of their own and reads until `answers` have come or the server hangs up.
 * @param options.answers how many to wait for; 1
 * @param options.method of the request: the answer to a HEAD has no body
 * @throws when neither happens in time
 */
export async function exchange(
  base: string,
  bytes: string | Buffer,
  options: { answers?: number; patienceMs?: number; method?: string } = {},
): Promise<Exchange> {
  const { answers: wanted = 1, patienceMs = PATIENCE_MS, method = methodOf(bytes) } = options;
  const connection = open(base);
  connection.socket.write(bytes);
  try {
    return await until(
      `an answer to ${JSON.stringify(Buffer.from(bytes).toString("latin1", 0, 200))}`,
      async () => {
        const { answers, rest } = readAnswers(connection.text(), method);
        const closed = connection.closed();
        if (closed && rest !== "") throw new Error(`not HTTP: ${rest.slice(0, 200)}`);
        return (answers.length >= wanted || closed) && { answers, text: connection.text(), closed };
      },
      { timeoutMs: patienceMs, everyMs: 2 },
    );
  } finally {
    connection.socket.destroy();
  }
}

export type Connection = { socket: Socket; text(): string; closed(): boolean };

/** A connection that remembers what came. The server may end it in any way: that is what the tests look at. */
export function open(base: string): Connection {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  let text = "";
  let closed = false;
  socket.setNoDelay(true);
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  socket.on("end", () => {
    closed = true;
  });
  socket.on("close", () => {
    closed = true;
  });
  return { socket, text: () => text, closed: () => closed };
}

export type RequestParts = {
  method?: string;
  target: string;
  /** as they are written, in this order, and names may repeat; Host comes by itself unless it is among them */
  headers?: readonly (readonly [name: string, value: string])[];
  body?: string | Buffer;
  /** a Content-Length is added for a body unless this is false */
  length?: boolean;
};

/** The bytes of one request. */
export function requestBytes(parts: RequestParts): Buffer {
  const { method = "GET", target, headers = [], body, length = true } = parts;
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(has("host") ? [] : ["Host: shop.example"]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body !== undefined && length && !has("content-length")
      ? [`Content-Length: ${Buffer.byteLength(body)}`]
      : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), Buffer.from(body ?? "")]);
}

/** A body in chunks of its own, as the chunked coding writes it. */
export function chunked(chunks: readonly string[]): string {
  const written = chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`);
  return `${written.join("")}0\r\n\r\n`;
}

function methodOf(bytes: string | Buffer): string {
  return Buffer.from(bytes).toString("latin1", 0, 12).split(" ", 1)[0] ?? "";
}

/** Free TCP ports on the loopback address. */
import { connect, createServer } from "node:net";

const HOST = "127.0.0.1";

/**
 * A port that is free now. Another process may take it a moment later; whoever listens on it must retry.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(address.port));
    });
  });
}

/**
 * Whether the port can be listened on, on every address: a server of somebody else on 0.0.0.0 counts as taken.
 * @param {number} port
 */
export async function isPortFree(port) {
  return (await canListen(port, HOST)) && (await canListen(port, undefined));
}

/**
 * @param {number} port
 * @param {string | undefined} host
 * @returns {Promise<boolean>}
 */
function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The wanted port, or the next free one above it.
 * @param {number} wanted
 * @param {number[]} [taken] ports already promised to others
 */
export async function stepAside(wanted, taken = []) {
  for (let port = wanted; port < wanted + 200; port += 1) {
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  return freePort();
}

/**
 * Opens a connection, sends the request, and resolves with the first answer for which `done` gives a value.
 * Used to ask a server in its own protocol whether it is ready.
 * @template T
 * @param {{ port: number, request?: Buffer | string, timeoutMs?: number, done: (received: Buffer) => T | undefined }} options
 * @returns {Promise<T | undefined>} undefined when there was no such answer in time
 */
export function ask({ port, request, timeoutMs = 1000, done }) {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const socket = connect({ port, host: HOST });
    /** @param {T | undefined} answer */
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(undefined));
    socket.once("error", () => finish(undefined));
    socket.once("close", () => finish(undefined));
    socket.once("connect", () => request && socket.write(request));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const answer = done(received);
      if (answer !== undefined) finish(answer);
    });
  });
}

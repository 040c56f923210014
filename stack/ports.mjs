/** Free TCP ports on the loopback address. */
import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const HOST = "127.0.0.1";

/**
 * Below the ports that the kernel gives to outgoing connections (32768 and above on Linux). From among those, a
 * server that was killed could find its port taken by somebody's connection when it comes back.
 */
const FREE_PORTS = { from: 15_000, to: 32_000 };
const FREE_PORT_ATTEMPTS = 200;
const POLL_MS = 20;

/**
 * A port that is free now. Another process may take it a moment later; whoever listens on it must retry.
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (let attempt = 1; attempt <= FREE_PORT_ATTEMPTS; attempt += 1) {
    const port = randomInt(FREE_PORTS.from, FREE_PORTS.to);
    if (await isPortFree(port)) return port;
  }
  throw new Error(
    `no free port among ${FREE_PORT_ATTEMPTS} tried from ${FREE_PORTS.from} to ${FREE_PORTS.to}`,
  );
}

/**
 * Waits until a port that a killed process held is free again: the kernel closes its sockets a moment after the
 * process is gone. Gives up after `timeoutMs`; whoever listens then hears who is right.
 * @param {number} port
 * @param {number} timeoutMs
 */
export async function portToBeFree(port, timeoutMs) {
  const deadline = performance.now() + timeoutMs;
  while (!(await isPortFree(port)) && performance.now() < deadline) await delay(POLL_MS);
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

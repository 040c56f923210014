/** Starting to listen, and stopping well: nobody new is let in, everyone inside is answered. */
import type { Server, ServerResponse } from "node:http";
import { type AddressInfo, Server as TcpServer } from "node:net";
import { createRoster } from "./roster.ts";

export type Listener = {
  /** the port in use; another one than was asked for only when that was 0 */
  port: number;
  /**
   * Stops to accept connections, answers what is under way or arrives on the connections that are there, and cuts
   * what is left after `deadlineMs`.
   * @returns whether everyone was answered
   */
  close(deadlineMs: number): Promise<boolean>;
};

/** A client that asks at least this often gets its answer with a "Connection: close" instead of a closed connection. */
const QUIET_MS = 300;
const SWEEP_EVERY_MS = 20;

/** Where to listen, and the name of the setting that the port comes from. */
export type Address = { port: number; host: string; setting?: string };

/** The address cannot be had. The message is a sentence for whoever can change the settings. */
export class CannotListenError extends Error {
  override name = "CannotListenError";
}

/** @throws CannotListenError when the port is taken, or the host is none of this machine's */
export async function listen(server: Server, address: Address): Promise<Listener> {
  const open = openResponses(server);
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error) => reject(new CannotListenError(whyNot(cause, address), { cause }));
    server.once("error", fail);
    server.listen(address.port, address.host, () => {
      server.off("error", fail);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (deadlineMs) => closeGracefully(server, open, deadlineMs),
  };
}

function whyNot({ code, message }: NodeJS.ErrnoException, { port, host, setting = "PORT" }: Address): string {
  if (code === "EADDRINUSE") return `${setting} is taken: something else listens on ${host}, port ${port}`;
  if (code === "EACCES")
    return `${setting} must be 1024 or more: this account may not listen on port ${port}`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EINVAL")
    return `HOST must be an address of this machine, like 127.0.0.1 or 0.0.0.0, and ${host} is none (${code})`;
  return `HOST and ${setting} cannot be listened on: ${message}`;
}

type OpenResponses = {
  /** how long no request has been under way, in ms */
  quietMs(): number;
  /** from now on every answer tells its client to leave */
  sendAway(): void;
};

function openResponses(server: Server): OpenResponses {
  const open = createRoster<ServerResponse>();
  let leaving = false;
  let lastMs = performance.now();
  const sendAway = (res: ServerResponse): void => {
    if (!res.headersSent) res.setHeader("Connection", "close");
  };
  server.prependListener("request", (_req, res) => {
    const place = open.enter(res);
    if (leaving) sendAway(res);
    res.on("close", () => {
      open.leave(place);
      lastMs = performance.now();
    });
  });
  return {
    quietMs: () => (open.size() > 0 ? 0 : performance.now() - lastMs),
    sendAway() {
      leaving = true;
      lastMs = performance.now();
      for (const res of open) sendAway(res);
    },
  };
}

function closeGracefully(server: Server, open: OpenResponses, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let cut = false;
    const deadline = setTimeout(() => {
      cut = open.quietMs() === 0;
      server.closeAllConnections();
    }, deadlineMs);
    // All of them, since Node does not count a connection as idle that has not sent its first request yet.
    // Judged behind the poll phase: a process that was not given the CPU for a while may have requests to read that
    // came long before its timer fires.
    const sweep = setInterval(() => {
      setImmediate(() => {
        if (open.quietMs() >= QUIET_MS) server.closeAllConnections();
      });
    }, SWEEP_EVERY_MS);
    open.sendAway();
    // The HTTP server's own close() would cut kept connections at once, also one on which a request is arriving.
    TcpServer.prototype.close.call(server, () => {
      clearTimeout(deadline);
      clearInterval(sweep);
      resolve(!cut);
    });
  });
}

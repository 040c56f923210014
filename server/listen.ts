/** Starting to listen, and stopping well: nobody new is let in, everyone inside is answered. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Listener = {
  /** the port in use; another one than was asked for only when that was 0 */
  port: number;
  /**
   * Stops to accept connections, lets requests in flight finish, and cuts what is left after `deadlineMs`.
   * @returns whether everyone was answered
   */
  close(deadlineMs: number): Promise<boolean>;
};

/** How often a stopping server looks for connections that have become idle. */
const SWEEP_EVERY_MS = 20;

/** @throws when the port is taken */
export async function listen(server: Server, address: { port: number; host: string }): Promise<Listener> {
  let inFlight = 0;
  server.prependListener("request", (_req, res) => {
    inFlight += 1;
    res.once("close", () => {
      inFlight -= 1;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (deadlineMs) => closeGracefully(server, { deadlineMs, inFlight: () => inFlight }),
  };
}

function closeGracefully(
  server: Server,
  stop: { deadlineMs: number; inFlight: () => number },
): Promise<boolean> {
  return new Promise((resolve) => {
    let cut = false;
    const deadline = setTimeout(() => {
      cut = true;
      server.closeAllConnections();
    }, stop.deadlineMs);
    const sweep = setInterval(() => {
      // Node does not count a connection as idle that has not sent its first request yet, nor does it look again
      // at one that was busy when the server closed: each would hold the stop up for its whole time-out.
      if (stop.inFlight() === 0) server.closeAllConnections();
      else server.closeIdleConnections();
    }, SWEEP_EVERY_MS);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(sweep);
      resolve(!cut);
    });
  });
}

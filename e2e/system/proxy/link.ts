/** One connection through a proxy: the client's socket, the service's socket, and a lane for each direction. */
import { connect, type Socket } from "node:net";
import { type Lane, lane } from "./lane.ts";
import type { Wire } from "./wire.ts";

const HOST = "127.0.0.1";

export type Link = { requests: Lane; replies: Lane; destroy(): void };

/**
 * @param options.keepsRequest, options.keepsReply see Lane
 * @param options.replyDelayMs asked for each reply
 */
export function openLink(options: {
  client: Socket;
  port: number;
  wire: Wire;
  keepsRequest: (link: Link, message: Buffer, index: number) => boolean;
  keepsReply: (link: Link, message: Buffer, index: number) => boolean;
  replyDelayMs: () => number;
  onClose: (link: Link) => void;
}): Link {
  const { client, wire } = options;
  const { lengthOf } = wire;
  const service = connect({ port: options.port, host: HOST, noDelay: true });
  client.setNoDelay(true);

  const link: Link = {
    requests: lane({
      lengthOf,
      keeps: (message, index) => options.keepsRequest(link, message, index),
      deliver: (message) => service.write(message),
    }),
    replies: lane({
      lengthOf,
      keeps: (message, index) => options.keepsReply(link, message, index),
      deliver: late((message) => client.write(message), options.replyDelayMs),
    }),
    destroy() {
      client.resetAndDestroy();
      service.destroy();
    },
  };
  client.on("data", link.requests.push);
  service.on("data", link.replies.push);
  for (const [socket, other] of [
    [client, service],
    [service, client],
  ] as const) {
    socket.on("error", () => {}); // a close follows
    socket.on("close", () => other.destroySoon());
  }
  client.once("close", () => options.onClose(link));
  return link;
}

/** Delivers each message after the delay of its arrival, never before an earlier one. */
function late(deliver: (message: Buffer) => void, delayMs: () => number): (message: Buffer) => void {
  const queue: { message: Buffer; dueMs: number }[] = [];
  const drain = () => {
    for (let [first] = queue; first && first.dueMs <= performance.now(); [first] = queue) {
      deliver(first.message);
      queue.shift();
    }
    const [next] = queue;
    if (next) setTimeout(drain, next.dueMs - performance.now());
  };
  return (message) => {
    const ms = delayMs();
    if (ms === 0 && queue.length === 0) return deliver(message);
    const dueMs = Math.max(performance.now() + ms, queue.at(-1)?.dueMs ?? 0);
    if (queue.push({ message, dueMs }) === 1) setTimeout(drain, ms);
  };
}

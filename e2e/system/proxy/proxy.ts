/**
 * A TCP proxy between one real program and one real service, in the process of the test: it cuts, delays, and
 * keeps back the one message after which the test kills somebody.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type Link, openLink } from "./link.ts";
import type { Wire } from "./wire.ts";

/** One kind of request. `watch` is called once for each connection, so that it may remember what came before. */
export type RequestKind = { name: string; watch(): (request: Buffer) => boolean };

/** A message that is, or will be, kept by the proxy, with everything behind it in its direction. */
export type Held = {
  /** Resolves when the proxy has it: a reply shows that the service has done what it was asked. */
  caught(): Promise<void>;
  /** Lets it go, late. */
  release(): void;
  /** It never arrives; what comes behind it does. */
  swallow(): void;
  /** Breaks its connection. */
  cut(): void;
};

export type ServiceProxy = {
  port: number;
  /** Leads to this port from now on; what is connected is cut. */
  retarget(port: number): void;
  /** Breaks every connection and refuses new ones until `heal`. */
  cut(): void;
  /** Each reply takes this much longer until `heal`. */
  delayReplies(ms: number): void;
  /** Whatever the service says from now on is kept until `heal` lets it go, or `cut` drops it. */
  holdReplies(): void;
  /** Keeps the next request of that kind: the service never hears of it until it is released. */
  holdRequest(kind: RequestKind): Held;
  /** Keeps the reply to the next request of that kind: it has happened, and the program does not know. */
  holdReplyTo(kind: RequestKind): Held;
  /** Back to passing everything on; what was kept goes. */
  heal(): void;
  close(): Promise<void>;
};

type Hold = {
  kind: RequestKind;
  side: "request" | "reply";
  link: Link | undefined;
  caught: PromiseWithResolvers<void>;
};

const HOST = "127.0.0.1";
const CATCH_TIMEOUT_MS = 30_000;

/** Listens on a free port; until it has a target it refuses. */
export async function openProxy(wire: Wire): Promise<ServiceProxy> {
  let target: number | null = null;
  let isCut = false;
  let isMuted = false;
  let delayMs = 0;
  const armed = new Set<Hold>();
  const links = new Map<Link, LinkHolds>();

  function keepsRequest(link: Link, message: Buffer, index: number): boolean {
    const holds = links.get(link);
    const hold = [...armed].find((candidate) => holds?.matches(candidate, message));
    if (!hold) return false;
    armed.delete(hold);
    hold.link = link;
    if (hold.side === "request") hold.caught.resolve();
    else holds?.awaited.set(index, hold);
    return hold.side === "request";
  }

  function keepsReply(link: Link, _message: Buffer, index: number): boolean {
    const awaited = links.get(link)?.awaited;
    const key = wire.paired ? index : awaited?.keys().next().value;
    const hold = key === undefined ? undefined : awaited?.get(key);
    if (hold && key !== undefined) {
      awaited?.delete(key);
      hold.caught.resolve();
    }
    return isMuted || hold !== undefined;
  }

  function accept(client: Socket): void {
    if (isCut || target === null) {
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const replyDelayMs = () => delayMs;
    const onClose = (link: Link) => links.delete(link);
    const link = openLink({ client, port: target, wire, keepsRequest, keepsReply, replyDelayMs, onClose });
    links.set(link, linkHolds());
  }

  function cutAll(): void {
    for (const link of links.keys()) link.destroy();
  }

  function hold(side: Hold["side"], kind: RequestKind): Held {
    const held: Hold = { side, kind, link: undefined, caught: Promise.withResolvers() };
    armed.add(held);
    const lane = () => (side === "request" ? held.link?.requests : held.link?.replies);
    return {
      caught: () => inTime(held.caught.promise, `the ${side === "request" ? "" : "reply to "}${kind.name}`),
      release: () => lane()?.release(),
      swallow: () => lane()?.swallow(),
      cut: () => held.link?.destroy(),
    };
  }

  const server = createServer(accept);
  server.listen(0, HOST);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    retarget(port) {
      target = port;
      cutAll();
    },
    cut() {
      isCut = true;
      cutAll();
    },
    delayReplies(ms) {
      delayMs = ms;
    },
    holdReplies() {
      isMuted = true;
    },
    holdRequest: (kind) => hold("request", kind),
    holdReplyTo: (kind) => hold("reply", kind),
    heal() {
      isCut = false;
      isMuted = false;
      delayMs = 0;
      armed.clear();
      for (const { requests, replies } of links.keys()) {
        requests.release();
        replies.release();
      }
    },
    async close() {
      cutAll();
      server.close();
      await once(server, "close");
    },
  };
}

type LinkHolds = {
  matches(hold: Hold, request: Buffer): boolean;
  /** By the index of the request whose reply will be kept. */
  awaited: Map<number, Hold>;
};

function linkHolds(): LinkHolds {
  const watchers = new WeakMap<Hold, (request: Buffer) => boolean>();
  return {
    awaited: new Map(),
    matches(hold, request) {
      const watcher = watchers.get(hold) ?? hold.kind.watch();
      watchers.set(hold, watcher);
      return watcher(request);
    },
  };
}

async function inTime(caught: Promise<void>, what: string): Promise<void> {
  const late = Promise.withResolvers<void>();
  const message = `waited ${CATCH_TIMEOUT_MS} ms for ${what}`;
  const timer = setTimeout(() => late.reject(new Error(message)), CATCH_TIMEOUT_MS);
  await Promise.race([caught, late.promise]).finally(() => clearTimeout(timer));
}

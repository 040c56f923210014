/**
 * Who is calling, behind any number of proxies. X-Forwarded-For is what anybody can write into a request, so it counts
 * only when the peer is a proxy that the operator has named (TRUSTED_PROXIES).
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP, type Socket } from "node:net";
import { requestIdOf } from "./request-id.ts";

export type Caller = {
  /** for the log and for nothing else: no limit and no right of ours hangs on an address */
  address: string;
  requestId: string;
};

/** Of a connection that is gone already. */
export const UNKNOWN_ADDRESS = "unknown";
/** How Node writes an IPv4 peer of a socket that listens on IPv6. */
const MAPPED_IPV4 = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;
/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const WITH_PORT = /^(?:\[(?<six>[^\]]+)\](?::\d+)?|(?<four>[\d.]+):\d+)$/;

/** @param trustedProxies addresses and CIDR blocks, as env.ts has checked them */
export function createCallerOf(trustedProxies: readonly string[]): (req: IncomingMessage) => Caller {
  const isTrusted = trustIn(trustedProxies);
  /** A connection has one peer, however many requests it brings. */
  const peers = new WeakMap<Socket, Peer>();
  const peerOf = (socket: Socket): Peer => {
    let peer = peers.get(socket);
    if (peer === undefined) {
      const address = plainAddress(socket.remoteAddress);
      peer = { address: address ?? UNKNOWN_ADDRESS, trusted: address !== null && isTrusted(address) };
      peers.set(socket, peer);
    }
    return peer;
  };
  return (req) => {
    const requestId = requestIdOf(req.headers["x-request-id"]);
    const { address, trusted } = peerOf(req.socket);
    if (!trusted) return { address, requestId };
    return { address: clientBehind(address, req.headers["x-forwarded-for"], isTrusted), requestId };
  };
}

type Peer = { address: string; trusted: boolean };

/**
 * Each proxy appends the address it was called from, so the list is true from the right, as far as trusted hops
 * wrote it: the first one that is not trusted is the client, and what stands left of it is the client's own word.
 */
function clientBehind(
  peer: string,
  forwardedFor: string | string[] | undefined,
  isTrusted: (address: string) => boolean,
): string {
  let client = peer;
  for (const part of String(forwardedFor ?? "")
    .split(",")
    .reverse()) {
    const address = plainAddress(part);
    if (address === null) return client;
    client = address;
    if (!isTrusted(address)) return client;
  }
  return client;
}

function trustIn(trustedProxies: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = "", prefix] = entry.split("/");
    if (prefix === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => trusted.check(address, familyOf(address));
}

/** @returns the address without port, brackets and IPv6 clothing; null when it is none */
function plainAddress(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  const { six, four } = WITH_PORT.exec(trimmed)?.groups ?? {};
  const address = (six ?? four ?? trimmed).replace(MAPPED_IPV4, "");
  return isIP(address) === 0 ? null : address;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

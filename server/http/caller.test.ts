/** The address in the log is the client's, and only a proxy that was named can say so. */
import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { createCallerOf } from "./caller.ts";
import { openTestDoor } from "./testing.ts";

const callerOf = createCallerOf(["10.0.0.5", "172.16.0.0/12", "fd00::/8"]);

function request(peer: string | undefined, headers: Record<string, string> = {}): IncomingMessage {
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage;
}

function addressOf(peer: string | undefined, forwardedFor?: string): string {
  return callerOf(request(peer, forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor }))
    .address;
}

test("a caller that is no proxy is known by its own address, whatever it writes", () => {
  expect(addressOf("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
  expect(addressOf("::ffff:203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
  expect(addressOf("2001:db8::1", "198.51.100.1")).toBe("2001:db8::1");
  expect(addressOf(undefined, "198.51.100.1")).toBe("unknown");
});

test("behind proxies the client is the first address from the right that is no proxy", () => {
  expect(addressOf("10.0.0.5", "198.51.100.1")).toBe("198.51.100.1");
  expect(addressOf("::ffff:10.0.0.5", "198.51.100.1")).toBe("198.51.100.1");
  expect(addressOf("10.0.0.5", "198.51.100.1, 172.16.9.9")).toBe("198.51.100.1");
  expect(addressOf("fd00::1", "2001:db8::7,172.31.0.1")).toBe("2001:db8::7");
});

test("what a client wrote into the header before the first proxy saw it counts for nothing", () => {
  expect(addressOf("10.0.0.5", "1.1.1.1, 198.51.100.1")).toBe("198.51.100.1");
  expect(addressOf("10.0.0.5", "10.0.0.5, 172.16.0.1, 198.51.100.1")).toBe("198.51.100.1");
});

test("a header that is no address leaves the last hop that is known", () => {
  for (const header of ["", " ", "unknown", "<script>", "1.2.3", "198.51.100.1;evil"])
    expect(addressOf("10.0.0.5", header)).toBe("10.0.0.5");
  expect(addressOf("10.0.0.5", "198.51.100.1, nonsense, 172.16.9.9")).toBe("172.16.9.9");
});

test("a port and brackets around an address are taken off", () => {
  expect(addressOf("10.0.0.5", "198.51.100.1:4711")).toBe("198.51.100.1");
  expect(addressOf("10.0.0.5", "[2001:db8::1]:4711")).toBe("2001:db8::1");
  expect(addressOf("10.0.0.5", "[2001:db8::1]")).toBe("2001:db8::1");
});

test("a caller's request id stands in the answer and in the log, but its word on its address only behind a trusted proxy", async () => {
  const ask = async (trustedProxies: string[], id: string) => {
    await using door = await openTestDoor({ trustedProxies });
    const headers = { "x-request-id": id, "x-forwarded-for": "198.51.100.1" };
    const answered = (await fetch(`${door.origin}/healthz`, { headers })).headers.get("x-request-id");
    await expect.poll(() => door.observed).toHaveLength(1);
    const [{ requestId = "", address = "" } = {}] = door.observed;
    expect(requestId).toBe(answered);
    return { requestId, address };
  };
  const id = "from-the-proxy.42";
  expect(await ask(["127.0.0.1"], id)).toEqual({ requestId: id, address: "198.51.100.1" });
  expect(await ask([], id)).toEqual({ requestId: id, address: "127.0.0.1" });
  expect(await ask([], "<script>alert(1)</script>")).toEqual({
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    address: "127.0.0.1",
  });
});

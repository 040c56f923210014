/** When the provider is asked what it is, and what happens when it does not say. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { lazyDiscovery } from "./discovery.ts";

const HOUR_MS = 3_600_000;

function metadata(issuer: string, changes: Record<string, unknown> = {}): string {
  const endpoints = {
    authorization_endpoint: `${issuer}/a`,
    token_endpoint: `${issuer}/t`,
    jwks_uri: `${issuer}/k`,
  };
  return JSON.stringify({ issuer, ...endpoints, ...changes });
}

/** A provider that counts how often it is asked, and that can be broken. */
async function openProvider() {
  const server = createServer((_req, res) => {
    self.asked += 1;
    res.writeHead(self.isBroken ? 500 : self.status, { "content-type": "application/json" });
    res.end(self.body ?? metadata(issuer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { nowMs: 0 };
  const self = {
    asked: 0,
    isBroken: false,
    status: 200,
    issuer,
    body: undefined as string | undefined,
    clock,
    discovered: lazyDiscovery(
      { issuer: new URL(issuer), clientId: "sunchak", clientSecret: null },
      () => clock.nowMs,
    ),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;
}

test("nobody asks before the first person, and a crowd asks once in an hour", async () => {
  await using provider = await openProvider();
  expect(provider.asked).toBe(0);
  const all = await Promise.all(Array.from({ length: 50 }, () => provider.discovered()));
  provider.clock.nowMs += HOUR_MS - 1;
  expect(new Set([...all, await provider.discovered()]).size).toBe(1);
  expect(provider.asked).toBe(1);
});

test("a provider that fails is asked once a second, and found when it is back", async () => {
  await using provider = await openProvider();
  provider.isBroken = true;
  for (let person = 0; person < 5; person += 1) await expect(provider.discovered()).rejects.toThrow();
  expect(provider.asked).toBe(1);
  provider.isBroken = false;
  provider.clock.nowMs += 1000;
  await expect(provider.discovered()).resolves.toBeDefined();
  expect(provider.asked).toBe(2);
});

test("what is known serves on while the provider does not say it again", async () => {
  await using provider = await openProvider();
  const old = await provider.discovered();
  provider.isBroken = true;
  provider.clock.nowMs += HOUR_MS;
  expect(await provider.discovered()).toBe(old);
  await expect.poll(() => provider.asked).toBe(2);
  provider.isBroken = false;
  await expect
    .poll(async () => {
      provider.clock.nowMs += 1000;
      return (await provider.discovered()) === old;
    })
    .toBe(false);
});

test("an answer without end is not read to its end", async () => {
  await using provider = await openProvider();
  provider.body = JSON.stringify({ padding: "x".repeat(2_000_000) });
  await expect(provider.discovered()).rejects.toThrow("an answer of more than 262144 bytes");
});

describe("an answer that nobody could sign in with", () => {
  test.each([
    ["is no metadata", 200, () => "<html>"],
    ["is not there", 404, () => "Not found"],
    ["has no issuer", 200, () => "{}"],
    [
      "has no authorization endpoint",
      200,
      (issuer: string) => metadata(issuer, { authorization_endpoint: undefined }),
    ],
    [
      "has a token endpoint that is no address",
      200,
      (issuer: string) => metadata(issuer, { token_endpoint: "/t" }),
    ],
    ["has its keys nowhere", 200, (issuer: string) => metadata(issuer, { jwks_uri: "ftp://keys.example" })],
  ])("%s: it is called so and not kept", async (_title, status, body) => {
    await using provider = await openProvider();
    Object.assign(provider, { status, body: body(provider.issuer) });
    await expect(provider.discovered()).rejects.toMatchObject({ name: "SignInError", problem: "unusable" });
    Object.assign(provider, { status: 200, body: undefined });
    provider.clock.nowMs += 1000;
    await expect(provider.discovered()).resolves.toBeDefined();
  });

  test("does not take the place of one that was good", async () => {
    await using provider = await openProvider();
    const old = await provider.discovered();
    provider.body = metadata(provider.issuer, { authorization_endpoint: undefined });
    provider.clock.nowMs += HOUR_MS;
    expect(await provider.discovered()).toBe(old);
    await expect.poll(() => provider.asked).toBe(2);
    provider.clock.nowMs += HOUR_MS;
    expect(await provider.discovered()).toBe(old);
  });
});

test("a provider that fails by itself is called unreachable", async () => {
  await using provider = await openProvider();
  provider.isBroken = true;
  await expect(provider.discovered()).rejects.toMatchObject({ problem: "unreachable" });
});

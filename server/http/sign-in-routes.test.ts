/** The front door on the way to a provider and back, with a provider that does as the test wants. */
import { expect, test } from "vitest";
import type { IdentityProvider } from "#server/identity";
import { signInAttempts } from "./sign-in-attempts.ts";
import { signInHandler } from "./sign-in-routes.ts";
import { NOW_MS, openTestDoor, SESSION_KEY } from "./testing.ts";

const honest: IdentityProvider = {
  begin: async ({ state }) => new URL(`https://login.example.com/?state=${state}`),
  finish: async () => ({ userId: "kim", displayName: "kim", role: "shopper" }),
};

function openDoor(provider: Partial<IdentityProvider>, logged: unknown[] = []) {
  const log = {
    info: (fields: object, message: string) => void logged.push({ level: "info", message, ...fields }),
    warn: (fields: object, message: string) => void logged.push({ level: "warn", message, ...fields }),
  };
  const attempts = signInAttempts({ keys: [SESSION_KEY], secure: false, nowMs: () => NOW_MS });
  return openTestDoor({
    authMode: "oidc",
    signIn: (sessions) => signInHandler({ provider: { ...honest, ...provider }, attempts, sessions, log }),
  });
}

const get = (address: string, cookie = "") => fetch(address, { redirect: "manual", headers: { cookie } });

test("a failure that nobody thought of ends on the sign-in page, and shows nothing of the inside", async () => {
  const logged: unknown[] = [];
  await using door = await openDoor({ begin: () => Promise.reject(new Error("SELECT secret")) }, logged);
  const response = await get(`${door.origin}/auth/sign-in?next=/coupons`);
  expect([response.status, response.headers.get("location"), await response.text()]).toEqual([
    303,
    "/sign-in?problem=unreachable&next=%2Fcoupons",
    "",
  ]);
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(logged).toEqual([
    expect.objectContaining({ level: "warn", requestId: response.headers.get("x-request-id") }),
  ]);
});

test("sign-ins that wait for a slow provider are bounded, and the next one is told so", async () => {
  let release = () => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  let asked = 0;
  await using door = await openDoor({
    begin: async (secrets) => {
      asked += 1;
      await slow;
      return honest.begin(secrets);
    },
  });
  const waiting = Array.from({ length: 100 }, () => get(`${door.origin}/auth/sign-in`));
  await expect.poll(() => asked).toBe(100);
  const refused = await get(`${door.origin}/auth/sign-in`);
  expect(refused.headers.get("location")).toBe("/sign-in?problem=busy&next=%2F");
  release();
  expect(
    new Set((await Promise.all(waiting)).map(({ headers }) => headers.get("location")?.slice(0, 26))),
  ).toEqual(new Set(["https://login.example.com/"]));
  expect((await get(`${door.origin}/auth/sign-in`)).headers.get("location")).toMatch(/^https:/);
});

test("the answers are kept by no cache, name no referrer, and count as one route", async () => {
  await using door = await openDoor({});
  const response = await get(`${door.origin}/auth/callback?code=1&state=2`);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  await expect.poll(() => door.observed.map(({ route }) => route)).toEqual(["auth"]);
});

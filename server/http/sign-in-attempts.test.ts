/** What a browser carries to the provider and back. */
import { expect, test } from "vitest";
import { signInAttempts } from "./sign-in-attempts.ts";

const KEYS = ["0123456789abcdef0123456789abcdef"];
const MINUTE_MS = 60_000;

function attemptsAt(clock: { nowMs: number }, options: { keys?: string[]; secure?: boolean } = {}) {
  return signInAttempts({ keys: KEYS, secure: false, nowMs: () => clock.nowMs, ...options });
}

/** The Cookie header of a browser that was given these. */
function jar(cookies: string[]): string {
  return cookies.map((cookie) => cookie.split(";", 1)[0]).join("; ");
}

test("an attempt is good for ten minutes", () => {
  const clock = { nowMs: 1_000_000 };
  const attempts = attemptsAt(clock);
  const { secrets, cookies } = attempts.begin({ next: "/coupons", cookieHeader: undefined });
  clock.nowMs += 10 * MINUTE_MS;
  expect(attempts.take({ state: secrets.state, cookieHeader: jar(cookies) })).toBeNull();
  clock.nowMs -= 1;
  expect(attempts.take({ state: secrets.state, cookieHeader: jar(cookies) })).toMatchObject({
    secrets,
    next: "/coupons",
  });
});

test("an attempt is good for one answer", () => {
  const attempts = attemptsAt({ nowMs: 0 });
  const { secrets, cookies } = attempts.begin({ next: "/", cookieHeader: undefined });
  const answer = { state: secrets.state, cookieHeader: jar(cookies) };
  expect(attempts.take(answer)).not.toBeNull();
  expect(attempts.take(answer)).toBeNull();
});

test("behind https the cookie is Secure and can be planted by no other host", () => {
  const attempts = attemptsAt({ nowMs: 0 }, { secure: true });
  const { secrets, cookies } = attempts.begin({ next: "/", cookieHeader: undefined });
  expect(cookies).toEqual([
    expect.stringMatching(
      /^__Host-sunchak_sign_in_[\w-]{8}=[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    ),
  ]);
  const planted = jar(cookies).replace("__Host-", "");
  expect(attempts.take({ state: secrets.state, cookieHeader: planted })).toBeNull();
  expect(attempts.take({ state: secrets.state, cookieHeader: jar(cookies) })).not.toBeNull();
});

test("the oldest attempts and what is no attempt are forgotten", () => {
  const clock = { nowMs: 0 };
  const attempts = attemptsAt(clock);
  const begun = Array.from({ length: 5 }, () => {
    clock.nowMs += 1000;
    return attempts.begin({ next: "/", cookieHeader: undefined }).cookies[0] ?? "";
  });
  const junk = "sunchak_sign_in_junkjunk=1.2";
  const { cookies } = attempts.begin({ next: "/", cookieHeader: `${junk}; ${jar(begun)}; theme=dark` });
  const removed = cookies
    .filter((cookie) => cookie.includes("Max-Age=0"))
    .map((cookie) => cookie.split("=")[0]);
  const names = begun.map((cookie) => cookie.split("=")[0]);
  expect(removed.sort()).toEqual(["sunchak_sign_in_junkjunk", names[0], names[1]].sort());
});

test("an attempt outlives a change of keys, and neither its name nor its words can be changed", () => {
  const clock = { nowMs: 0 };
  const { secrets, cookies } = attemptsAt(clock).begin({ next: "/", cookieHeader: undefined });
  const take = (cookieHeader: string, keys = KEYS) =>
    attemptsAt(clock, { keys }).take({ state: secrets.state, cookieHeader });
  const fresh = "another-key-another-key-another-key";
  expect(take(jar(cookies), [fresh, ...KEYS])).not.toBeNull();
  expect(take(jar(cookies), [fresh])).toBeNull();
  expect(take(jar(cookies).replace("=ey", "=fy"))).toBeNull();
  const { cookies: others } = attemptsAt(clock).begin({ next: "/", cookieHeader: undefined });
  const [name] = jar(cookies).split("=");
  const [, ...value] = jar(others).split("=");
  expect(take(`${name}=${value.join("=")}`)).toBeNull();
});

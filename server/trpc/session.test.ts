/** Sessions that a process remembers are as good as the cookie, and no longer. */
import { expect, test } from "vitest";
import { type Sessions, signedSessions } from "./session.ts";

const KEYS = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];
const DAY_MS = 86_400_000;

function sessionsAt(now: { ms: number }, keys = KEYS, rememberedMax?: number): Sessions {
  const remembered = rememberedMax === undefined ? {} : { rememberedMax };
  return signedSessions({ keys, secure: false, mode: "demo", nowMs: () => now.ms, ...remembered });
}

function cookieOf(sessions: Sessions, userId: string): string {
  return sessions.issue({ userId, displayName: userId, role: "shopper" }).split(";", 1)[0] ?? "";
}

test("a session ends at its time, however often it was read before", () => {
  const now = { ms: 0 };
  const sessions = sessionsAt(now);
  const cookie = cookieOf(sessions, "kim");
  for (const day of [0, 3, 6]) {
    now.ms = day * DAY_MS;
    expect(sessions.read(cookie)?.userId).toBe("kim");
  }
  now.ms = 7 * DAY_MS;
  expect(sessions.read(cookie)).toBeNull();
  expect(sessions.renew(cookie)).toBeNull();
});

test("a header that differs in one letter from a good one is no session", () => {
  const sessions = sessionsAt({ ms: 0 });
  const cookie = cookieOf(sessions, "kim");
  expect(sessions.read(cookie)?.userId).toBe("kim");
  const [last] = cookie.slice(-1);
  expect(sessions.read(`${cookie.slice(0, -1)}${last === "A" ? "B" : "A"}`)).toBeNull();
  expect(sessions.read(`${cookie}; ${cookie}`)).toBeNull();
});

test("an old key's session is renewed each time it is asked for, and the new one is not", () => {
  const now = { ms: 0 };
  const old = cookieOf(sessionsAt(now, [KEYS[1] ?? ""]), "kim");
  const sessions = sessionsAt(now);
  for (let time = 0; time < 2; time += 1) expect(sessions.renew(old)).toMatch(/^sunchak_session=/);
  expect(sessions.renew(cookieOf(sessions, "kim"))).toBeNull();
});

test("more users than are remembered are all told apart", () => {
  const sessions = sessionsAt({ ms: 0 }, KEYS, 100);
  const users = Array.from({ length: 150 }, (_, index) => `user-${index}`);
  const cookies = users.map((userId) => cookieOf(sessions, userId));
  for (let round = 0; round < 2; round += 1)
    expect(cookies.map((cookie) => sessions.read(cookie)?.userId)).toEqual(users);
});

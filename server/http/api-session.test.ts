/** Who is who: the session cookie on its way through the API. */
import { describe, expect, test } from "vitest";
import { signedSessions } from "#server/trpc/session";
import { dataOf, errorOf, NOW_MS, openTestDoor, SESSION_KEY } from "./testing.ts";

describe("a session", () => {
  const me = { userId: "kim", displayName: "kim", role: "shopper" } as const;
  const cookieFrom = (keys: string[], nowMs: number) =>
    signedSessions({ keys, secure: false, mode: "demo", nowMs: () => nowMs })
      .issue(me)
      .split(";", 1)[0] ?? "";
  const otherKey = "another-key-another-key-another-key";

  test.each([
    ["none", ""],
    ["a forged one", cookieFrom([otherKey], NOW_MS)],
    ["an expired one", cookieFrom([SESSION_KEY], NOW_MS - 7 * 24 * 3600 * 1000)],
    ["one with a changed payload", cookieFrom([SESSION_KEY], NOW_MS).replace("=ey", "=fy")],
    ["garbage", "sunchak_session=%E0%A4%A; x"],
  ])("is asked for again when there is %s", async (_title, cookie) => {
    await using door = await openTestDoor();
    for (const procedure of ["coupon.claimStatus", "coupon.mine"]) {
      const response = await door.call(procedure, { query: { eventId: 1 }, headers: { cookie } });
      expect([response.status, (await errorOf(response)).data.code]).toEqual([401, "UNAUTHORIZED"]);
    }
    expect(await dataOf(await door.call("session.me", { headers: { cookie } }))).toBeNull();
  });

  test("of somebody else than the page shows answers nothing and spends nothing", async () => {
    await using door = await openTestDoor();
    const call = (procedure: string, options: object) =>
      door.call(procedure, { user: "lee", headers: { "sunchak-user": "kim" }, ...options });
    for (const response of [
      await call("coupon.claim", { input: { eventId: 1 } }),
      await call("coupon.use", { input: { couponId: 7 } }),
      await call("coupon.mine", {}),
      await call("coupon.claimStatus", { query: { eventId: 1 } }),
    ])
      expect([response.status, (await errorOf(response)).data.code]).toEqual([412, "PRECONDITION_FAILED"]);
    const meant = await call("coupon.claim", { input: { eventId: 1 }, headers: { "sunchak-user": "lee" } });
    expect(meant.status).toBe(200);
  });

  test("of yesterday's key is still good", async () => {
    const rotated = signedSessions({
      keys: [otherKey, SESSION_KEY],
      secure: false,
      mode: "demo",
      nowMs: () => NOW_MS,
    });
    expect(rotated.read(cookieFrom([SESSION_KEY], NOW_MS))).toEqual(me);
    const onlyNew = signedSessions({ keys: [otherKey], secure: false, mode: "demo", nowMs: () => NOW_MS });
    expect(onlyNew.read(cookieFrom([otherKey, SESSION_KEY], NOW_MS))).toEqual(me);
  });

  test("travels only over https when the public address is https", () => {
    const secure = signedSessions({ keys: [SESSION_KEY], secure: true, mode: "demo", nowMs: () => NOW_MS });
    expect(secure.issue(me)).toContain("; Secure");
    expect(secure.clear()).toContain("; Secure");
  });
});

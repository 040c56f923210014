/** What the API answers, and which inputs it refuses with which code (docs/api.md). */
import { describe, expect, test } from "vitest";
import { INTERNAL_ERROR_TEXT } from "#server/trpc/errors";
import { dataOf, errorOf, fakeServices, openTestDoor } from "./testing.ts";

describe("an answer", () => {
  test("of a claim is the union, with dates in ISO 8601", async () => {
    await using door = await openTestDoor();
    const response = await door.call("coupon.claim", { input: { eventId: 1 }, user: "kim" });
    expect(response.status).toBe(200);
    expect(await dataOf(response)).toEqual({
      status: "won",
      rank: 3,
      issueLimit: 10,
      claimedAt: "2030-01-02T03:04:05.678Z",
      repeat: false,
    });
  });

  test("about an event whose seats are unknown says null, not zero", async () => {
    await using door = await openTestDoor();
    const event = await dataOf(await door.call("event.get", { query: { eventId: 1 } }));
    expect(event).toMatchObject({
      remaining: null,
      state: "open",
      closesAt: null,
      serverTime: "2030-01-02T03:04:05.678Z",
    });
  });

  test("of the wallet shows a seat without a row as issuing, and pages by an opaque cursor", async () => {
    await using door = await openTestDoor();
    const first = (await dataOf(await door.call("coupon.mine", { user: "kim" }))) as {
      items: unknown[];
      nextCursor: string;
    };
    expect(first.items).toMatchObject([
      { id: null, issuedAt: null, state: "issuing" },
      { id: 7, state: "used" },
    ]);
    const second = await door.call("coupon.mine", { query: { cursor: first.nextCursor }, user: "kim" });
    expect(await dataOf(second)).toEqual({ items: [], nextCursor: null });
  });

  test("to a sign-in is a cookie that scripts cannot read and other sites cannot send", async () => {
    await using door = await openTestDoor();
    const response = await door.call("session.signIn", { input: { userId: "kim" } });
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^sunchak_session=.+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/);
    const me = await door.call("session.me", { headers: { cookie: cookie.split(";", 1)[0] ?? "" } });
    expect(await dataOf(me)).toEqual({ userId: "kim", displayName: "kim", role: "shopper" });
  });

  test("to a sign-out removes the cookie", async () => {
    await using door = await openTestDoor();
    const response = await door.call("session.signOut", { input: "", user: "kim" });
    expect(response.headers.get("set-cookie")).toMatch(/^sunchak_session=; Max-Age=0; Path=\//);
  });
});

describe("a bad input is refused", () => {
  const claim = "coupon.claim";
  test.each<[string, string, unknown, string]>([
    ["missing", claim, "", "BAD_REQUEST"],
    ["null", claim, null, "BAD_REQUEST"],
    ["without the field", claim, {}, "BAD_REQUEST"],
    ["of the wrong type", claim, { eventId: "1" }, "BAD_REQUEST"],
    ["a fraction", claim, { eventId: 1.5 }, "BAD_REQUEST"],
    ["zero", claim, { eventId: 0 }, "BAD_REQUEST"],
    ["beyond the column", claim, { eventId: 2 ** 31 }, "BAD_REQUEST"],
    ["with an unknown key", claim, { eventId: 1, admin: true }, "BAD_REQUEST"],
    ["with __proto__", claim, '{"eventId":1,"__proto__":{"admin":true}}', "BAD_REQUEST"],
    ["with constructor", claim, '{"eventId":1,"constructor":{"prototype":{}}}', "BAD_REQUEST"],
    ["a list", claim, [1], "BAD_REQUEST"],
    ["broken JSON", claim, '{"eventId":', "BAD_REQUEST"],
    ["an unknown event", claim, { eventId: 2 }, "NOT_FOUND"],
    ["another's coupon", "coupon.use", { couponId: 8 }, "NOT_FOUND"],
    ["a coupon id beyond what a number holds", "coupon.use", '{"couponId":9007199254740993}', "BAD_REQUEST"],
    ["a user id with a space", "session.signIn", { userId: "kim lee" }, "BAD_REQUEST"],
    ["a user id of 65 characters", "session.signIn", { userId: "k".repeat(65) }, "BAD_REQUEST"],
    ["a user id with a trailing newline", "session.signIn", { userId: "kim\n" }, "BAD_REQUEST"],
    ["an unknown role", "session.signIn", { userId: "kim", role: "root" }, "BAD_REQUEST"],
    ["anything where nothing is asked for", "session.signOut", { userId: "lee" }, "BAD_REQUEST"],
    ["an unknown procedure", "coupon.steal", {}, "NOT_FOUND"],
    ["a prototype key as the procedure", "__proto__", {}, "NOT_FOUND"],
    ["a prototype key inside a router", "coupon.constructor", {}, "NOT_FOUND"],
  ])("%s (%s)", async (_title, procedure, input, code) => {
    await using door = await openTestDoor();
    const error = await errorOf(await door.call(procedure, { input, user: "kim" }));
    expect(error.data.code).toBe(code);
    expect(error.data.stack).toBeUndefined();
  });

  test.each([
    ["a forged cursor", "coupon.mine", { cursor: "c1-0 or 1=1" }],
    ["a page of 101", "coupon.mine", { limit: 101 }],
    ["a page of 0", "coupon.mine", { limit: 0 }],
  ])("%s", async (_title, procedure, query) => {
    await using door = await openTestDoor();
    const response = await door.call(procedure, { query, user: "kim" });
    expect([response.status, (await errorOf(response)).data.code]).toEqual([400, "BAD_REQUEST"]);
  });

  test("in words that name the field and repeat no parser's message", async () => {
    await using door = await openTestDoor();
    expect((await errorOf(await door.call(claim, { input: {}, user: "kim" }))).message).toContain("eventId");
    const broken = await errorOf(await door.call(claim, { input: "{", user: "kim" }));
    expect(broken.message).toBe("The request is not valid JSON.");
  });
});

describe("an error of the inside", () => {
  const inside = new Error("Failed query: select * from coupon where user_id = 'kim' at 10.0.0.7:3306");
  const failing = {
    ...fakeServices(),
    claims: { claim: () => Promise.reject(inside), status: () => Promise.reject(inside) },
  };

  test("is masked: a fixed text and the request id, which leads to the cause in the log", async () => {
    await using door = await openTestDoor({ services: failing });
    const response = await door.call("coupon.claim", { input: { eventId: 1 }, user: "kim" });
    const text = await response.clone().text();
    const error = await errorOf(response);
    expect(response.status).toBe(500);
    expect(error).toMatchObject({ message: INTERNAL_ERROR_TEXT, data: { code: "INTERNAL_SERVER_ERROR" } });
    expect(error.data.requestId).toBe(response.headers.get("x-request-id"));
    for (const secret of ["select", "10.0.0.7", "node_modules", ".ts:"]) expect(text).not.toContain(secret);
    expect(door.logged).toMatchObject([
      { error: inside, requestId: error.data.requestId, procedure: "coupon.claim" },
    ]);
  });

  test("is masked inside a batch and a stream of answers as well", async () => {
    await using door = await openTestDoor({ services: failing });
    const query = `?batch=1&input=${encodeURIComponent('{"0":{"eventId":1}}')}`;
    for (const accept of ["application/json", "application/jsonl"]) {
      const response = await door.call(`coupon.claimStatus${query}`, { user: "kim", headers: { accept } });
      const text = await response.text();
      expect(text).toContain(INTERNAL_ERROR_TEXT);
      expect(text).not.toContain("select");
    }
  });
});

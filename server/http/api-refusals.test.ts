/** Which requests the API refuses before any use case is asked, whatever their input says. */
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { errorOf, openTestDoor } from "./testing.ts";

describe("a request is refused", () => {
  const claimBody = { input: { eventId: 1 }, user: "kim" };

  test("when a mutation comes by GET", async () => {
    await using door = await openTestDoor();
    const response = await door.call("coupon.claim", { query: { eventId: 1 }, user: "kim" });
    expect([response.status, (await errorOf(response)).data.code]).toEqual([405, "METHOD_NOT_SUPPORTED"]);
  });

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("when the method is %s", async (method) => {
    await using door = await openTestDoor();
    const response = await fetch(`${door.origin}/api/trpc/coupon.claim`, { method });
    expect([response.status, (await errorOf(response)).data.code]).toEqual([405, "METHOD_NOT_SUPPORTED"]);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
  ])("when its body is %s", async (contentType) => {
    await using door = await openTestDoor();
    const response = await door.call("coupon.claim", {
      ...claimBody,
      headers: { "content-type": contentType },
    });
    expect(response.status).toBe(415);
    expect(await errorOf(response)).toMatchObject({
      message: "Send application/json.",
      data: { code: "UNSUPPORTED_MEDIA_TYPE" },
    });
  });

  test.each(["?connectionParams=1", "?connectionParams={"])("when it comes with %s", async (query) => {
    await using door = await openTestDoor();
    const response = await door.call(`session.me${query}`);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      message: "The request cannot be read.",
      code: -32_600,
      data: { code: "BAD_REQUEST" },
    });
  });

  test("when it batches more than ten calls", async () => {
    await using door = await openTestDoor();
    const batch = (calls: number) => door.call(`${Array(calls).fill("session.me").join(",")}?batch=1`);
    expect((await batch(10)).status).toBe(200);
    const refused = await batch(11);
    expect([refused.status, (await errorOf(refused)).data.code]).toEqual([400, "BAD_REQUEST"]);
  });

  test.each(["coupon.claim", "session.signOut"])(
    "when the body of %s announces 17 KiB",
    async (procedure) => {
      await using door = await openTestDoor();
      const response = await door.call(procedure, { input: " ".repeat(17 * 1024), user: "kim" });
      expect([response.status, (await errorOf(response)).data.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    },
  );

  test.each(["coupon.claim", "session.signOut"])(
    "when the body of %s turns out to have 17 KiB",
    async (procedure) => {
      await using door = await openTestDoor();
      const headers = { "content-type": "application/json", cookie: door.cookieOf("kim") };
      const text = await postChunked(`${door.origin}/api/trpc/${procedure}`, headers, " ".repeat(17 * 1024));
      expect(JSON.parse(text)).toMatchObject({
        error: { data: { code: "PAYLOAD_TOO_LARGE", httpStatus: 413 } },
      });
    },
  );

  test("when a user claims faster than the limit, and only that user", async () => {
    await using door = await openTestDoor({ claimsPerSecond: 2 });
    const statusOf = async (user: string) =>
      (await door.call("coupon.claim", { input: { eventId: 1 }, user })).status;
    expect([await statusOf("kim"), await statusOf("kim"), await statusOf("kim")]).toEqual([200, 200, 429]);
    expect(await statusOf("lee")).toBe(200);
    const refused = await door.call("coupon.claim", claimBody);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await errorOf(refused)).data.code).toBe("TOO_MANY_REQUESTS");
  });

  test.each([
    ["another site's Origin", { origin: "https://evil.example" }],
    ["an opaque Origin", { origin: "null" }],
    ["Sec-Fetch-Site cross-site", { "sec-fetch-site": "cross-site" }],
    ["Sec-Fetch-Site same-site", { "sec-fetch-site": "same-site" }],
  ])("when a mutation carries %s", async (_title, headers) => {
    await using door = await openTestDoor();
    for (const procedure of ["coupon.claim", "session.signIn"]) {
      const response = await door.call(procedure, { ...claimBody, headers });
      expect([response.status, (await errorOf(response)).data.code]).toEqual([403, "FORBIDDEN"]);
    }
  });

  test("when its Origin is our host but not the public address", async () => {
    await using door = await openTestDoor({ publicOrigin: "https://coupons.example" });
    const statusFor = async (origin: string) =>
      (await door.call("coupon.claim", { ...claimBody, headers: { origin } })).status;
    expect(await statusFor(door.origin)).toBe(403);
    expect(await statusFor("https://coupons.example")).toBe(200);
  });

  test("never for its Origin when that is the host it was sent to", async () => {
    await using door = await openTestDoor();
    const headers = { origin: door.origin, "sec-fetch-site": "same-origin" };
    expect((await door.call("coupon.claim", { ...claimBody, headers })).status).toBe(200);
  });
});

/** A body without a Content-Length, which fetch would not send. */
function postChunked(url: string, headers: Record<string, string>, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: "POST", headers: { ...headers, "transfer-encoding": "chunked" } },
      (res) => {
        let text = "";
        res.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        res.on("end", () => resolve(text));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

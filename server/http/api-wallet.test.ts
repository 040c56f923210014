/** What the API says about coupons to their owner: codes, states, and "later" while the coupons cannot be asked. */
import { expect, test, vi } from "vitest";
import { UnreachableError } from "#server/coupon/errors";
import { dataOf, errorOf, fakeServices, openTestDoor } from "./testing.ts";

test("a coupon carries its code in groups of four, in the list and when it is used; a seat without a row has none", async () => {
  await using door = await openTestDoor();
  const list = await dataOf(await door.call("coupon.mine", { user: "kim" }));
  expect(list).toMatchObject({ items: [{ state: "issuing", code: null }, { code: "ACDE-FGHJ-KMNP" }] });
  const used = await dataOf(await door.call("coupon.use", { input: { couponId: 7 }, user: "kim" }));
  expect(used).toMatchObject({ status: "used", coupon: { code: "ACDE-FGHJ-KMNP" } });
});

test("the list can be asked for one state, and counts all of them on its first page", async () => {
  const services = fakeServices();
  const mine = vi.spyOn(services.wallet, "mine");
  await using door = await openTestDoor({ services });
  const first = await dataOf(await door.call("coupon.mine", { query: { state: "used" }, user: "kim" }));
  expect(mine).toHaveBeenLastCalledWith({ userId: "kim", state: "used", beforeId: null, limit: 20 });
  expect(first).toMatchObject({ counts: { usable: 0, used: 1, expired: 0, issuing: 1 } });
  await door.call("coupon.mine", { user: "kim" });
  expect(mine).toHaveBeenLastCalledWith({ userId: "kim", state: null, beforeId: null, limit: 20 });
});

test.each(["all", "USED", "", null, ["used"], 1])(
  "a state that does not exist is refused: %j",
  async (state) => {
    await using door = await openTestDoor();
    const response = await door.call("coupon.mine", { query: { state }, user: "kim" });
    expect((await errorOf(response)).data.code).toBe("BAD_REQUEST");
  },
);

test("while the coupons cannot be asked, the answer is 503 in fixed words, with a time to come again, and the log has the cause", async () => {
  const inside = new Error("Failed query: select `code` from coupon", {
    cause: new UnreachableError("MySQL cannot be asked: connect ECONNREFUSED 10.0.0.7:3306"),
  });
  const away = () => Promise.reject(inside);
  await using door = await openTestDoor({
    services: { ...fakeServices(), wallet: { mine: away }, couponUse: { use: away } },
  });
  for (const call of [
    () => door.call("coupon.mine", { user: "kim" }),
    () => door.call("coupon.use", { input: { couponId: 7 }, user: "kim" }),
  ]) {
    const response = await call();
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    const error = await errorOf(response);
    expect(error).toMatchObject({
      message: "This cannot be answered just now. Please try again in a moment.",
      data: { code: "SERVICE_UNAVAILABLE", requestId: expect.any(String) },
    });
    expect(JSON.stringify(error)).not.toMatch(/select|10\.0\.0\.7|MySQL/);
  }
  expect(door.logged).toHaveLength(2);
});

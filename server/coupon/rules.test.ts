/** The small rules of the core: states, windows, records. */
import { describe, expect, it } from "vitest";
import { encodeMarker, parseRecord } from "./claim-record.ts";
import { canBeUsed, resolveCoupon } from "./coupon.ts";
import { eventState, type GateSettings, newCouponEvent } from "./coupon-event.ts";

const settings: GateSettings = { version: 1, limit: 10, opensAtMs: 100, closesAtMs: 200, status: "active" };

describe("the state of an event", () => {
  it.each([
    ["before it opens", settings, 99, 10, "scheduled"],
    ["at the very millisecond of opening", settings, 100, 10, "open"],
    ["at the last millisecond", settings, 199, 10, "open"],
    ["at closing", settings, 200, 10, "closed"],
    ["sold out", settings, 150, 0, "sold_out"],
    ["of unknown seats: never sold out", settings, 150, null, "open"],
    ["closed by hand before opening", { ...settings, status: "closed" }, 50, 10, "closed"],
    ["paused and over: closed comes first", { ...settings, status: "paused" }, 300, 0, "closed"],
    ["paused before opening: paused comes first", { ...settings, status: "paused" }, 50, 10, "paused"],
    ["sold out before opening: scheduled comes first", settings, 50, 0, "scheduled"],
    ["without an end", { ...settings, closesAtMs: null }, 1e12, 1, "open"],
    ["archived", { ...settings, status: "archived" }, 150, 5, "closed"],
  ] as const)("%s", (_name, given, nowMs, remaining, state) => {
    expect(eventState(given as GateSettings, nowMs, remaining)).toBe(state);
  });
});

describe("a new event", () => {
  const good = {
    displayName: "Spring",
    issueLimit: 10,
    opensAtMs: 100,
    closesAtMs: 200,
    expiresAtMs: 300,
    discount: { type: "PERCENT", amount: 15 },
  };

  it("is accepted with a name of a hundred characters, however many bytes they take", () => {
    expect(newCouponEvent.safeParse({ ...good, displayName: "🎁".repeat(100) }).success).toBe(true);
  });

  it.each([
    ["Hangul", "봄맞이 쿠폰"],
    ["Hangul in parts", "봄맞이".normalize("NFD")],
    ["an emoji alone", "👨‍👩‍👧"],
    ["a flag, which has invisible parts", "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}"],
    ["as many marks as languages write", "בְּרֵאשִׁ֖ית ที่นี่ Việt".normalize("NFD")],
  ])("is accepted with a name of %s", (_what, displayName) => {
    expect(newCouponEvent.safeParse({ ...good, displayName }).error).toBeUndefined();
  });

  it.each([
    ["nobody can see", "\u3164", /can be seen: write/],
    ["nobody can see", "\u2800\u2800", /can be seen: write/],
    ["nobody can see", "\u115F\u1160", /can be seen: write/],
    ["nobody can see", "\uFFA0 \u200B", /can be seen: write/],
    ["is an accent on nothing", "\u0301", /can be seen: write/],
    ["piles marks up", `Z${"\u0310".repeat(5)}algo`, /accents on one letter: leave/],
    ["piles marks up around what nobody sees", `Z${"\u0310\u200C".repeat(5)}algo`, /accents on one letter/],
    ["changes the direction", "Spring\u200F", /^must not have control or direction characters: type/],
  ])("says in one sentence what to do about a name that %s: %j", (_what, displayName, words) => {
    const messages = newCouponEvent
      .safeParse({ ...good, displayName })
      .error?.issues.map(({ message }) => message);
    expect(messages).toEqual([expect.stringMatching(words)]);
  });

  it("is accepted with a window inside its expiry", () => {
    expect(newCouponEvent.safeParse(good).success).toBe(true);
  });

  it.each([
    ["an empty name", { displayName: " " }],
    ["a name of more than a hundred characters", { displayName: "가".repeat(101) }],
    ["a name that moves the cursor", { displayName: "Spring\u001b[2J" }],
    ["a name that turns the text around", { displayName: "Spring\u202Egnirps" }],
    ["a limit of zero", { issueLimit: 0 }],
    ["a limit above ten million", { issueLimit: 10_000_001 }],
    ["an end before its start", { closesAtMs: 100 }],
    ["coupons that expire before it closes", { expiresAtMs: 199 }],
    ["coupons that expire before it opens", { closesAtMs: null, expiresAtMs: 100 }],
    ["more than a hundred percent", { discount: { type: "PERCENT", amount: 101 } }],
    ["a time that is not a number", { opensAtMs: Number.NaN }],
  ])("is refused with %s", (_name, change) => {
    expect(newCouponEvent.safeParse({ ...good, ...change }).success).toBe(false);
  });
});

describe("a coupon", () => {
  const coupon = {
    id: 1,
    eventId: 1,
    userId: "kim",
    rank: 1,
    claimedAtMs: 1,
    issuedAtMs: 2,
    expiresAtMs: 100,
    usedAtMs: null,
    code: null,
    displayName: "Spring",
    discount: { type: "PERCENT", amount: 10 },
  } as const;

  it("can be used until the millisecond before it expires, and once", () => {
    expect(canBeUsed(resolveCoupon(coupon, 99))).toBe(true);
    expect(resolveCoupon(coupon, 100).state).toBe("expired");
    expect(resolveCoupon({ ...coupon, usedAtMs: 50 }, 60).state).toBe("used");
    expect(resolveCoupon({ ...coupon, usedAtMs: 50 }, 100).state).toBe("used");
  });
});

describe("a record", () => {
  it("is a marker, a newer version or malformed, and never an exception", () => {
    expect(parseRecord(encodeMarker(3))).toEqual({ kind: "marker", epoch: 3 });
    expect(parseRecord('{"v":2}')).toEqual({ kind: "newer_version", version: 2 });
    for (const value of [null, "", "[]", "null", "7", '"x"', "{}", '{"v":"1"}', '{"v":0}', '{"__proto__":1}'])
      expect(parseRecord(value).kind).toBe("malformed");
  });

  it("of broken data still tells its epoch, so that staleness can be judged first", () => {
    expect(parseRecord('{"v":1,"epoch":4,"rank":"x"}')).toMatchObject({ kind: "malformed", epoch: 4 });
  });
});

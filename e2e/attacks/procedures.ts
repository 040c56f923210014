/**
 * Every procedure of the API as an attacker sees it. server/http/attack-table.test.ts compares the names with the
 * router: a new procedure cannot come without its row.
 */

/** What the valid calls are about: with everything else right, they would win a seat and use a coupon. */
export type Targets = { eventId: number; couponId: number };

export type Procedure = {
  /** a subscription is called like a query, and its answer does not end */
  kind: "query" | "mutation" | "subscription";
  signedIn: boolean;
  /** a valid input */
  good(targets: Targets): Record<string, unknown> | undefined;
  /** whether a call without an input is wrong */
  needsInput: boolean;
  /** values that a field must refuse, each in an otherwise valid input */
  wrong: Readonly<Record<string, readonly unknown[]>>;
};

const HUGE = "9".repeat(4000);
const notAnId = [undefined, null, "1", "", 1.5, 0, -1, 2 ** 53, true, [1], { id: 1 }, "1 or 1=1", HUGE];
const notText = [null, 7, true, ["a"], { $ne: "" }];

const none = { good: () => undefined, needsInput: false, wrong: {} };
const aboutAnEvent = {
  good: ({ eventId }: Targets) => ({ eventId }),
  needsInput: true,
  wrong: { eventId: [...notAnId, 2 ** 31] },
};

export const procedures: Readonly<Record<string, Procedure>> = {
  "session.me": { kind: "query", signedIn: false, ...none },
  "session.signIn": {
    kind: "mutation",
    signedIn: false,
    good: () => ({ userId: "somebody" }),
    needsInput: true,
    wrong: {
      userId: [...notText, undefined, "", "a b", "a\n", "a\u0000", "한글", "a'--", "a".repeat(65), HUGE],
      role: [...notText, "root", "Operator", "__proto__", "constructor"],
    },
  },
  "session.signOut": { kind: "mutation", signedIn: false, ...none },
  "event.list": { kind: "query", signedIn: false, ...none },
  "event.get": { kind: "query", signedIn: false, ...aboutAnEvent },
  "event.live": { kind: "subscription", signedIn: false, ...aboutAnEvent },
  "coupon.claim": { kind: "mutation", signedIn: true, ...aboutAnEvent },
  "coupon.claimStatus": { kind: "query", signedIn: true, ...aboutAnEvent },
  "coupon.mine": {
    kind: "query",
    signedIn: true,
    good: () => ({ limit: 5 }),
    needsInput: false,
    wrong: {
      cursor: [7, true, ["c1-1"], "", "c1-0", "c1--1", "c1-1e9", "c1-1;", `c1-${HUGE}`, "__proto__", {}],
      limit: [null, 0, -1, 101, 1.5, "20", 2 ** 53, [20], {}],
      state: [null, 1, "", "all", "__proto__", "constructor", ["used"], {}],
    },
  },
  "coupon.use": {
    kind: "mutation",
    signedIn: true,
    good: ({ couponId }) => ({ couponId }),
    needsInput: true,
    wrong: { couponId: notAnId },
  },
};

import { expect, test } from "vitest";
import { audit, type Evidence } from "./audit.ts";

/** Three of five coupons, all of them told, in the log and in the table. */
function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    limit: 5,
    toldRanks: [1, 2, 3],
    tells: true,
    rows: rowsOf(1, 2, 3),
    seats: 3,
    records: 3,
    undecidedMax: 0,
    ...changes,
  };
}

function rowsOf(...ranks: number[]) {
  return ranks.map((rank) => ({ userId: `user-${rank}`, rank }));
}

test("a round in which everything agrees is clean", () => {
  expect(audit(evidence())).toMatchObject({ overIssued: 0, lost: 0, untold: 0, problems: [] });
});

test("an oversell in the table is seen", () => {
  const sold = evidence({ limit: 2, toldRanks: [1, 2], undecidedMax: 1 });
  expect(audit(sold)).toMatchObject({ overIssued: 1, problems: ["1 more than the limit of 2"] });
});

test("an oversell in answers is seen although the table holds no more than the limit", () => {
  const sold = evidence({ limit: 3, toldRanks: [1, 2, 3, 3] });
  expect(audit(sold)).toMatchObject({ overIssued: 1, ranksTwice: 1 });
});

test("an answer without a coupon of that rank is lost, although the numbers agree", () => {
  const lost = evidence({ rows: rowsOf(1, 2, 4) });
  expect(audit(lost)).toMatchObject({ lost: 1, problems: ['1 were told "won" and have no coupon'] });
});

test("a seat without a coupon is seen, also when nobody was told of it", () => {
  expect(audit(evidence({ seats: 4 })).problems).toEqual(["4 seats and 3 coupons"]);
});

test("a winner who is not in the log is seen", () => {
  expect(audit(evidence({ records: 2 })).problems).toEqual(['1 were told "won" without a record in the log']);
});

test("more records than winners are no fault: a record may be sent again", () => {
  expect(audit(evidence({ records: 9 })).problems).toEqual([]);
});

test("a user with two coupons is seen", () => {
  const rows = [...rowsOf(1, 2), { userId: "user-1", rank: 3 }];
  expect(audit(evidence({ rows }))).toMatchObject({ usersTwice: 1, problems: ["1 users have two coupons"] });
});

test("a rank that was written twice is seen", () => {
  const rows = [...rowsOf(1, 2, 3), { userId: "user-9", rank: 3 }];
  expect(audit(evidence({ rows, seats: 4, undecidedMax: 1 }))).toMatchObject({ ranksTwice: 1 });
});

test("coupons that nobody was told of are allowed for claims that were cut off, and for no more", () => {
  const cutOff = { toldRanks: [1], rows: rowsOf(1, 2, 3) };
  expect(audit(evidence({ ...cutOff, undecidedMax: 2 })).problems).toEqual([]);
  expect(audit(evidence({ ...cutOff, undecidedMax: 1 })).problems).toEqual([
    "2 coupons that nobody was told of",
  ]);
});

test("where claims are never answered with won, nobody has to be told", () => {
  expect(audit(evidence({ toldRanks: [], tells: false })).problems).toEqual([]);
});

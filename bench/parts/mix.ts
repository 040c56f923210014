/** A hundred claims for each coupon: one of a hundred goes to an event with coupons left, the others to a sold-out one. */
import { OURS, YARDSTICK } from "../candidates/candidate.ts";
import { crowdPart, freshEvent, NO_EVENT, PLENTY, soldOutEvent } from "./crowd.ts";
import type { Part } from "./part.ts";

const SOLD_OUT_LIMIT = 100;
const CLAIMS_PER_COUPON = 100;
const FIRST = 1_000;

export const mix: Part = (bench) =>
  crowdPart(bench, {
    name: "mix",
    title: `Mix: ${CLAIMS_PER_COUPON} claims for each coupon`,
    candidates: [YARDSTICK, OURS, "way 7", "way 8"],
    columns: ["requests", "winners", "p99", "overIssued", "lost", "lastCoupon", "cpu", "undecided"],
    notes: [
      "Steady, not as in a rush where all winners come first: so the figure does not depend on the time.",
    ],
    async plan(_, candidate) {
      const users = { first: FIRST, count: bench.users.count - FIRST };
      if (candidate.books === null) return { ...users, target: NO_EVENT, winsAt: NO_EVENT };
      const gone = await soldOutEvent(bench, candidate, SOLD_OUT_LIMIT);
      const left = await freshEvent(candidate, PLENTY);
      return { ...users, target: gone, other: { event: left, every: CLAIMS_PER_COUPON }, winsAt: left };
    },
  });

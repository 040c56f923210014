/** Nothing is left: every claim comes from somebody without a coupon, and is to hear so. */
import { OURS, YARDSTICK } from "../candidates/candidate.ts";
import { wayNames } from "../candidates/start.ts";
import { crowdPart, soldOutEvent } from "./crowd.ts";
import type { Part } from "./part.ts";

const LIMIT = 100;
/** Behind those who emptied it. */
const FIRST = 1_000;

export const soldOut: Part = (bench) =>
  crowdPart(bench, {
    name: "sold-out",
    title: `Sold out: ${LIMIT} coupons are gone`,
    candidates: [YARDSTICK, OURS, ...wayNames],
    columns: ["requests", "p99", "overIssued", "lost", "cpu", "generator", "undecided"],
    notes: [],
    async plan(_, candidate) {
      const event = await soldOutEvent(bench, candidate, LIMIT);
      return { first: FIRST, count: bench.users.count - FIRST, target: event, winsAt: event };
    },
  });

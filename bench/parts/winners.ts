/** Everyone wins: each claim is another user's first, of an event with more coupons than anybody can claim in a round. */
import { OURS, YARDSTICK } from "../candidates/candidate.ts";
import { NEXT_HANDLER } from "../candidates/next-handler.ts";
import { wayNames } from "../candidates/start.ts";
import { crowdPart, freshEvent, PLENTY } from "./crowd.ts";
import type { Part } from "./part.ts";

export const winners: Part = (bench) =>
  crowdPart(bench, {
    name: "winners",
    title: "Winners: every claim takes a coupon",
    candidates: [YARDSTICK, OURS, ...wayNames, NEXT_HANDLER],
    columns: [
      "requests",
      "winners",
      "p99",
      "overIssued",
      "lost",
      "lastCoupon",
      "cpu",
      "generator",
      "undecided",
    ],
    notes: [
      "Way 6 tells nobody that they won; its winners are rows in the time until the last one was there.",
    ],
    async plan(_, candidate) {
      const event = await freshEvent(candidate, PLENTY);
      return { first: 0, count: bench.users.count, target: event, winsAt: event };
    },
  });

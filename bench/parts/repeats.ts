/** Winners press again: each of a thousand who have a coupon asks for it over and over. */
import { OURS, YARDSTICK } from "../candidates/candidate.ts";
import { claimFor } from "../lib/fill.ts";
import { crowdPart, freshEvent, PLENTY } from "./crowd.ts";
import type { Part } from "./part.ts";

const HOLDERS = 1_000;

export const repeats: Part = (bench) =>
  crowdPart(bench, {
    name: "repeats",
    title: `Repeats: ${HOLDERS} winners press again`,
    candidates: [YARDSTICK, OURS, "way 7", "way 8"],
    columns: ["requests", "p99", "overIssued", "lost", "cpu", "generator", "undecided"],
    notes: ["Ways 7 and 8 do not remember ranks: a repeated claim hears that it came before, and no more."],
    async plan(_, candidate) {
      const event = await freshEvent(candidate, PLENTY);
      if (candidate.books !== null) {
        const target = { port: candidate.port, eventId: event.id, count: HOLDERS };
        event.toldRanks.push(...(await claimFor(bench.users, target)).ranks);
      }
      return { first: 0, count: HOLDERS, target: event, winsAt: event };
    },
  });

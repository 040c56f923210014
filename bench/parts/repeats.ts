/** Winners press again: each of a thousand who have a coupon asks for it over and over. */
import { type Candidate, OURS, YARDSTICK } from "../candidates/candidate.ts";
import type { Bench } from "../context.ts";
import type { RoundEvent } from "../lib/crowd-round.ts";
import { claimFor } from "../lib/fill.ts";
import { crowdPart, freshEvent, PLENTY } from "./crowd.ts";
import type { Part } from "./part.ts";

const HOLDERS = 1_000;

export const repeats: Part = (bench) => {
  // Once for each candidate: repeats leave everything as it is.
  const events = new Map<string, Promise<RoundEvent>>();
  return crowdPart(bench, {
    name: "repeats",
    title: `Repeats: ${HOLDERS} winners press again`,
    candidates: [YARDSTICK, OURS, "way 7", "way 8"],
    columns: ["requests", "p99", "overIssued", "lost", "cpu", "generator", "undecided"],
    notes: ["Ways 7 and 8 do not remember ranks: a repeated claim hears that it came before, and no more."],
    async plan(_, candidate) {
      const held = events.get(candidate.name) ?? heldEvent(bench, candidate);
      events.set(candidate.name, held);
      const event = await held;
      return { first: 0, count: HOLDERS, target: event, winsAt: event };
    },
  });
};

/** Each of the first thousand users has a coupon of it. */
async function heldEvent(bench: Bench, candidate: Candidate): Promise<RoundEvent> {
  const event = await freshEvent(candidate, PLENTY);
  if (candidate.books === null) return event;
  const target = { port: candidate.port, eventId: event.id, count: HOLDERS };
  const { ranks } = await claimFor(bench.users, target);
  return { ...event, toldRanks: ranks };
}

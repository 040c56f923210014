/** The yardstick alone. */
import { YARDSTICK } from "../candidates/candidate.ts";
import { crowdPart, NO_EVENT } from "./crowd.ts";
import type { Part } from "./part.ts";

export const l0: Part = (bench) =>
  crowdPart(bench, {
    name: "l0",
    title: "What plain HTTP can do here",
    candidates: [YARDSTICK],
    columns: ["requests", "p50", "p99", "cpu", "generator", "undecided"],
    notes: [],
    plan: async () => ({ first: 0, count: bench.users.count, target: NO_EVENT, winsAt: NO_EVENT }),
  });

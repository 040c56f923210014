/** A part of the benchmark. */
import type { Bench } from "../context.ts";
import type { PartResult } from "../lib/result.ts";

export type Part = (bench: Bench) => Promise<PartResult>;

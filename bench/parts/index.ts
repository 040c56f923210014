/**
 * The parts, in the order in which they run. Page and live numbers have their place behind the mix; they come with what
 * they measure.
 */
import type { PartName } from "../arguments.mjs";
import { growth } from "./growth.ts";
import { kafka } from "./kafka.ts";
import { l0 } from "./l0.ts";
import { latency } from "./latency.ts";
import { mix } from "./mix.ts";
import type { Part } from "./part.ts";
import { redis } from "./redis.ts";
import { repeats } from "./repeats.ts";
import { soldOut } from "./sold-out.ts";
import { winners } from "./winners.ts";
import { worker } from "./worker.ts";

export const parts = {
  l0,
  winners,
  "sold-out": soldOut,
  repeats,
  mix,
  kafka,
  worker,
  redis,
  latency,
  growth,
} satisfies Record<PartName, Part>;

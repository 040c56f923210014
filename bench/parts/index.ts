/** The parts, in the order in which they run. */
import type { PartName } from "../arguments.mjs";
import { growth } from "./growth.ts";
import { kafka } from "./kafka.ts";
import { l0 } from "./l0.ts";
import { latency } from "./latency.ts";
import { live } from "./live.ts";
import { mix } from "./mix.ts";
import { page } from "./page.ts";
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
  page,
  live,
  kafka,
  worker,
  redis,
  latency,
  growth,
} satisfies Record<PartName, Part>;

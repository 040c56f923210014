/**
 * The parts, in the order in which they run. Page and live numbers have their place behind the mix; they come with what
 * they measure.
 */
import type { PartName } from "../arguments.mjs";
import { l0 } from "./l0.ts";
import { mix } from "./mix.ts";
import type { Part } from "./part.ts";
import { repeats } from "./repeats.ts";
import { soldOut } from "./sold-out.ts";
import { winners } from "./winners.ts";

export const parts = {
  l0,
  winners,
  "sold-out": soldOut,
  repeats,
  mix,
} satisfies Record<PartName, Part>;

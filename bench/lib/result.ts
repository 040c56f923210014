/** What a part reports, the same for tables, JSON and charts. */
import type { Spread } from "./stats.ts";

export type Figure = { key: string; label: string; digits: number };

export type ResultRow = {
  /** the word by which ratios find it */
  candidate: string;
  title: string;
  /** runs our core */
  isOurs: boolean;
  /** null: it has no such figure */
  figures: Record<string, Spread | null>;
  /** what the audit found; empty for clean or not audited */
  problems: string[];
};

export type PartResult = {
  name: string;
  title: string;
  figures: Figure[];
  rows: ResultRow[];
  /** whether rounds were audited */
  audited: boolean;
  /** whatever a reader has to know */
  notes: string[];
};

/** The middle of all rounds; null when there is no such row or figure. */
export function medianOf(part: PartResult | undefined, candidate: string, figure: string): number | null {
  const row = part?.rows.find((each) => each.candidate === candidate);
  return row?.figures[figure]?.median ?? null;
}

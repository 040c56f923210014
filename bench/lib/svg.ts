/** A part as a chart: a bar for the median of each candidate, a thin line from the smallest to the largest round. */
import { OURS } from "../candidates/candidate.ts";
import type { PartResult } from "./result.ts";
import type { Spread } from "./stats.ts";
import { numberText } from "./table.ts";

const WIDTH = 760;
const LABELS = 290;
const FIGURES = 110;
const ROW = 26;
const BAR = 14;
const TOP = 46;
const BOTTOM = 34;

/** Readable on white and on black: the picture follows the scheme of whoever looks at it. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .note { font-size: 11px; fill: #59636e; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  .range { stroke: #1f2328; stroke-width: 1.5; }
  .broken { fill: #d1242f; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .note { fill: #9198a1; }
    .bar { fill: #6e7681; }
    .ours { fill: #4493f8; }
    .range { stroke: #f0f6fc; }
    .broken { fill: #f85149; }
  }`;

export type Chart = {
  title: string;
  note: string;
  bars: { label: string; spread: Spread; isOurs: boolean; isBroken: boolean }[];
};

/** @param figures for each candidate the first of these that it has */
export function chartOf(part: PartResult, figures: readonly string[], note: string): Chart {
  const bars = part.rows.flatMap((row) => {
    const spread = figures.map((key) => row.figures[key] ?? null).find((found) => found !== null);
    const label = `${row.candidate}: ${row.title}`;
    return spread
      ? [{ label, spread, isOurs: row.candidate === OURS, isBroken: row.problems.length > 0 }]
      : [];
  });
  return { title: part.title, note, bars };
}

export function svgOf({ title, note, bars }: Chart): string {
  const height = TOP + bars.length * ROW + BOTTOM;
  const largest = Math.max(1, ...bars.map(({ spread }) => spread.max));
  const x = (value: number) => LABELS + (value / largest) * (WIDTH - LABELS - FIGURES);
  const rows = bars.map((bar, index) => rowOf(bar, TOP + index * ROW, x));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="8" y="24">${escaped(title)}</text>`,
    ...rows,
    `<text class="note" x="8" y="${height - 12}">${escaped(note)}</text>`,
    "</svg>\n",
  ].join("\n");
}

function rowOf(bar: Chart["bars"][number], top: number, x: (value: number) => number): string {
  const { label, spread, isOurs, isBroken } = bar;
  const middle = top + ROW / 2;
  const width = Math.max(1, x(spread.median) - LABELS);
  const figure = `${numberText(spread.median, 0)}${isBroken ? " ✗" : ""}`;
  const coordinate = (value: number) => value.toFixed(1);
  return [
    `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${escaped(label)}</text>`,
    `<rect class="${isOurs ? "ours" : "bar"}" x="${LABELS}" y="${middle - BAR / 2}" width="${coordinate(width)}" height="${BAR}"/>`,
    `<line class="range" x1="${coordinate(x(spread.min))}" x2="${coordinate(x(spread.max))}" y1="${middle}" y2="${middle}"/>`,
    `<text${isBroken ? ' class="broken"' : ""} x="${coordinate(x(spread.max) + 8)}" y="${middle + 4}">${figure}</text>`,
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

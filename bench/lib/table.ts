/** A part as text for the terminal: medians, and below them how far the rounds lie apart. */
import type { Figure, PartResult, ResultRow } from "./result.ts";
import type { Spread } from "./stats.ts";

/** The title, the table, and what there is to say. */
export function tableOf(part: PartResult): string {
  const head = ["", ...part.figures.map(({ label }) => label), ...(part.audited ? ["audit"] : [])];
  const lines = part.rows.flatMap((row) => linesOf(row, part));
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => [...(line[column] ?? "")].length)),
  );
  const text = [head, ...lines].map((line) =>
    line
      .map((cell, column) => pad(cell, widths[column] ?? 0, column === 0 || isAudit(part, column)))
      .join("  ")
      .trimEnd(),
  );
  const problems = part.rows.flatMap(({ candidate, problems: found }) =>
    found.map((problem) => `! ${candidate}, ${problem}`),
  );
  return [`== ${part.title} ==`, ...text, ...problems, ...part.notes].join("\n");
}

/** Medians in the first line, and the smallest and largest of the rounds in the second. */
function linesOf({ candidate, title, figures, problems }: ResultRow, part: PartResult): string[][] {
  const name = candidate === title ? candidate : `${candidate}: ${title}`;
  const verdict = part.audited ? [problems.length === 0 ? "clean" : "NOT CLEAN"] : [];
  const spreads = part.figures.map((figure) => [figure, figures[figure.key] ?? null] as const);
  return [
    [name, ...spreads.map(([figure, spread]) => medianText(figure, spread)), ...verdict],
    ["", ...spreads.map(([figure, spread]) => rangeText(figure, spread)), ...verdict.map(() => "")],
  ];
}

function medianText({ digits }: Figure, spread: Spread | null): string {
  return spread === null ? "–" : numberText(spread.median, digits);
}

function rangeText({ digits }: Figure, spread: Spread | null): string {
  if (spread === null || spread.min === spread.max) return "";
  return `${numberText(spread.min, digits)}–${numberText(spread.max, digits)}`;
}

export function numberText(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function isAudit({ audited, figures }: PartResult, column: number): boolean {
  return audited && column === figures.length + 1;
}

function pad(cell: string, width: number, left: boolean): string {
  const space = " ".repeat(Math.max(0, width - [...cell].length));
  return left ? cell + space : space + cell;
}

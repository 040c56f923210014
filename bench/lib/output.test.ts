/** How results look: table, chart and ratios. */
import { expect, test } from "vitest";
import type { PartResult } from "./result.ts";
import { spread } from "./stats.ts";
import { chartOf, svgOf } from "./svg.ts";
import { tableOf } from "./table.ts";
import { ratiosOf, verdictOf } from "./targets.ts";

const part: PartResult = {
  name: "winners",
  title: "Winners",
  figures: [
    { key: "requests", label: "requests/s", digits: 0 },
    { key: "winners", label: "winners/s", digits: 0 },
  ],
  rows: [
    row("L0", { requests: spread([40_000, 44_000, 42_000]), winners: null }),
    row("ours", { requests: spread([21_000]), winners: spread([21_000]) }, { isOurs: true }),
    row("way 7", { requests: spread([3_000]), winners: spread([3_000]) }, { problems: ["round 1: 3 lost"] }),
  ],
  audited: true,
  notes: ["A note."],
};

function row(candidate: string, figures: PartResult["rows"][number]["figures"], more: object = {}) {
  return { candidate, title: "<a way>", isOurs: false, figures, problems: [], ...more };
}

test("the table shows medians with their range, and says which audit was not clean", () => {
  const lines = tableOf(part).split("\n");
  expect(lines).toContainEqual(expect.stringMatching(/^L0: <a way> +42,000 +– +clean$/));
  expect(lines).toContainEqual(expect.stringMatching(/^ +40,000–44,000$/));
  expect(lines).toContainEqual(expect.stringMatching(/^way 7: .* NOT CLEAN$/));
  expect(lines).toContain("! way 7, round 1: 3 lost");
  expect(lines.at(-1)).toBe("A note.");
});

test("the chart marks ours and whoever was not clean, and is readable in both colour schemes", () => {
  const svg = svgOf(chartOf(part, ["winners", "requests"], "note & more"));
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(svg.match(/class="ours"/g)).toHaveLength(1);
  expect(svg.match(/class="bar"/g)).toHaveLength(2);
  expect(svg).toMatch(/class="broken"[^>]*>3,000 ✗</);
  expect(svg).toContain("L0: &lt;a way>");
  expect(svg).toContain("note &amp; more");
});

test("ratios compare medians of one part, and what was not run is not measured", () => {
  const ratios = ratiosOf([part]);
  expect(ratios[0]).toMatchObject({ ratio: 0.5, verdict: "aim reached" });
  expect(ratios[2]).toMatchObject({ ratio: 7, verdict: "aim reached" });
  expect(ratios[1]).toMatchObject({ ratio: null, verdict: "not measured" });
});

test("what a listener costs is compared among as many of them", () => {
  const cost = { memory: spread([20]), cpu: spread([9]) };
  const other = { memory: spread([100]), cpu: spread([100]) };
  const rows = [row("ours, 1,000", cost), row("tRPC, 1,000", other), row("ours, 5,000", cost)];
  const measured = ratiosOf([{ ...part, name: "live", rows }]).filter(({ ratio }) => ratio !== null);
  expect(measured).toEqual([
    expect.objectContaining({ ratio: 0.2, verdict: "aim reached", what: expect.stringContaining("memory") }),
    expect.objectContaining({ ratio: 0.09, verdict: "aim reached", what: expect.stringContaining("CPU") }),
  ]);
});

test("where less is better a ratio has to lie below", () => {
  expect(verdictOf(0.2, 0.3, 0.1)).toBe("reached");
  expect(verdictOf(0.05, 0.3, 0.1)).toBe("aim reached");
  expect(verdictOf(0.5, 0.3, 0.1)).toBe("not reached");
  expect(verdictOf(3, 4, 6)).toBe("not reached");
});

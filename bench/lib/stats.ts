/** What several rounds say together: the median, and how far they lie apart. */

/** Of the rounds of one candidate. `values` in the order of the rounds. */
export type Spread = { median: number; min: number; max: number; values: number[] };

/** @throws RangeError without a value */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("no rounds");
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: median(sorted),
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
    values: [...values],
  };
}

/** The mean of the middle two for an even number of values. */
function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] as number;
  return Number.isInteger(middle) ? ((sorted[middle - 1] as number) + upper) / 2 : upper;
}

/** @param fraction 0.99 for p99 @returns the smallest value that at least so many are not above; 0 without values */
export function percentile(values: Float64Array | readonly number[], fraction: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(fraction * sorted.length) - 1)] as number;
}

/** Comparing the rows of an event with the seats of its gate, both read in the order that reconcile.ts explains. */
import type { GateSeat, Seat } from "./seat.ts";

/** What can be between an event's seats and its rows that neither work in flight nor a parked record explains. */
export const differenceKinds = [
  "row_without_seat",
  "seat_without_row",
  "seat_and_row_disagree",
  "entry_is_no_seat",
  "row_above_limit",
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export type Differences = Record<DifferenceKind, number>;

/** Differences named in words; whoever has to look needs a few of them, not a million. */
const EXAMPLES_MAX = 10;

/** Counts differences and keeps the first few in words. */
export class DifferenceList {
  readonly counts = Object.fromEntries(differenceKinds.map((kind) => [kind, 0])) as Differences;
  readonly examples: string[] = [];

  add(kind: DifferenceKind, seat: Pick<Seat, "userId"> & Partial<Seat>, words: string): void {
    this.counts[kind] += 1;
    if (this.examples.length === EXAMPLES_MAX) return;
    const place = seat.rank === undefined ? seat.userId : `rank ${seat.rank}, ${seat.userId}`;
    this.examples.push(`${place}: ${words}`);
  }

  total(): number {
    return differenceKinds.reduce((sum, kind) => sum + this.counts[kind], 0);
  }
}

export type Comparison = {
  /** seats whose record should be a row by now, and for which no row was known */
  withoutRow: Seat[];
  pending: number;
};

/**
 * @param known.rows read before the seats were listed: a row comes after its seat, so each of these has one
 * @param differences gets what no later look can explain
 */
export function compareSeats(
  known: { rows: readonly Seat[]; seats: readonly GateSeat[]; malformed: readonly string[] },
  differences: DifferenceList,
): Comparison {
  const { rows, seats, malformed } = known;
  const rowByUser = new Map(rows.map((row) => [row.userId, row]));
  const rowByRank = new Map(rows.map((row) => [row.rank, row]));
  const seated = new Set<string>();
  const withoutRow: Seat[] = [];
  let pending = 0;

  for (const seat of seats) {
    seated.add(seat.userId);
    if (seat.pending) pending += 1;
    const row = rowByUser.get(seat.userId);
    const taken = rowByRank.get(seat.rank);
    if (row && row.rank !== seat.rank)
      differences.add("seat_and_row_disagree", seat, `the row says rank ${row.rank}`);
    else if (taken && taken.userId !== seat.userId)
      differences.add("seat_and_row_disagree", seat, `the row of this rank is ${taken.userId}'s`);
    else if (!row && !seat.pending) withoutRow.push(seat);
  }
  for (const userId of malformed) {
    seated.add(userId);
    differences.add("entry_is_no_seat", { userId }, "the gate's entry is no seat");
  }
  for (const row of rows)
    if (!seated.has(row.userId))
      differences.add("row_without_seat", row, "has a row and no seat in the gate");
  return { withoutRow, pending };
}

/**
 * The audit after a round: what people were told, held against what stands in the database once everything has come to
 * rest. It knows nothing of the way in which coupons were issued.
 */

/** A coupon in the database. */
export type Row = { userId: string; rank: number };

export type Evidence = {
  limit: number;
  /** The ranks of all answers "won" that arrived, also of those before the measured time. */
  toldRanks: readonly number[];
  /** Whether the answers were promises. The way with a waiting list says "pending" to everyone. */
  tells: boolean;
  rows: readonly Row[];
  /** Seats that the way holds as taken; null where only the rows know. */
  seats: number | null;
  /** Records that the log took in this time; null for ways without a log. */
  records: number | null;
  /** Claims whose outcome was not told: answered "pending" or not at all, or on their way when the load was cut off. */
  undecidedMax: number;
};

export type Audit = {
  /** coupons above the limit, in answers or in rows, whichever is more */
  overIssued: number;
  /** answers "won" without a coupon of that rank */
  lost: number;
  /** users with more than one coupon */
  usersTwice: number;
  /** ranks that were told or written twice */
  ranksTwice: number;
  /** coupons that nobody was told of yet */
  untold: number;
  /** one sentence for each thing that is wrong */
  problems: string[];
};

export function audit(evidence: Evidence): Audit {
  const { limit, toldRanks, rows, undecidedMax } = evidence;
  const rowRanks = rows.map(({ rank }) => rank);
  const standing = new Set(rowRanks);
  const figures = {
    overIssued: Math.max(0, rows.length - limit, toldRanks.length - limit),
    lost: toldRanks.filter((rank) => !standing.has(rank)).length,
    usersTwice: repeated(rows.map(({ userId }) => userId)),
    ranksTwice: Math.max(repeated(rowRanks), repeated(toldRanks)),
    untold: evidence.tells ? Math.max(0, rows.length - toldRanks.length) : 0,
  };
  const problem = (isWrong: boolean, sentence: string) => (isWrong ? [sentence] : []);
  return {
    ...figures,
    problems: [
      ...problem(figures.overIssued > 0, `${figures.overIssued} more than the limit of ${limit}`),
      ...problem(figures.lost > 0, `${figures.lost} were told "won" and have no coupon`),
      ...problem(figures.usersTwice > 0, `${figures.usersTwice} users have two coupons`),
      ...problem(figures.ranksTwice > 0, `${figures.ranksTwice} ranks were given twice`),
      ...problem(figures.untold > undecidedMax, `${figures.untold} coupons that nobody was told of`),
      ...seatProblems(evidence),
    ],
  };
}

function seatProblems({ seats, records, rows, toldRanks }: Evidence): string[] {
  const missing = seats === null ? 0 : seats - rows.length;
  const unlogged = records === null ? 0 : new Set(toldRanks).size - records;
  return [
    ...(missing === 0 ? [] : [`${seats} seats and ${rows.length} coupons`]),
    ...(unlogged > 0 ? [`${unlogged} were told "won" without a record in the log`] : []),
  ];
}

function repeated(values: readonly unknown[]): number {
  return values.length - new Set(values).size;
}

/** A seat: one of the N places of an event, held by one user. */

export type Seat = {
  userId: string;
  /** 1 to the issue limit, in the order in which Redis ran the scripts */
  rank: number;
  /** the gate's time (Redis TIME), UTC milliseconds */
  claimedAtMs: number;
};

/** A seat as the gate knows it. `pending`: its record is not yet known to be in the claim log. */
export type GateSeat = Seat & { pending: boolean };

/** The same text for the same seat of one event, and for no other. */
export function seatKey({ userId, rank }: Pick<Seat, "userId" | "rank">): string {
  return `${rank}|${userId}`;
}

export function sameSeat(a: Seat, b: Seat): boolean {
  return a.userId === b.userId && a.rank === b.rank;
}

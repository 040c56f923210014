/** Every answer a claim can get. Data, not errors: one union from the Lua script to the button. */

export type ClaimOutcome =
  /** acknowledged under the lease, or the row exists */
  | { status: "won"; rank: number; issueLimit: number; claimedAtMs: number; repeat: boolean }
  /** a seat is or may be reserved, and is not yet acknowledged */
  | { status: "pending"; sinceMs: number }
  | { status: "sold_out" }
  | { status: "not_open"; opensAtMs: number }
  | { status: "closed" }
  | { status: "paused" }
  /** nothing was reserved, and nothing is known: ask again */
  | { status: "unavailable"; retryAfterMs: number };

/** What the caller holds, without claiming. "none": you hold no seat, press again. */
export type ClaimStatus =
  | Extract<ClaimOutcome, { status: "won" | "pending" | "unavailable" }>
  | { status: "none" };

/**
 * What the core needs of the world, in small pieces named for the need. Adapters implement them; the
 * simulation models them. No technology is mentioned in a signature.
 *
 * Time and reporting are here; epochs, the gate, the claim log and the stores have a file each.
 */
export * from "./epoch-ports.ts";
export * from "./failed-ports.ts";
export * from "./gate-ports.ts";
export * from "./log-ports.ts";
export * from "./reconcile-ports.ts";
export * from "./store-ports.ts";
/** Time as an argument. `monotonicMs` never goes back; `wallMs` may be wrong, and jump. */
export interface Clock {
  monotonicMs(): number;
  wallMs(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The call certainly did not reach the other side: nothing was written there. Every other error means "unknown". */
export class NotSentError extends Error {
  override name = "NotSentError";
}

/** Where use cases report what an operator should see. Names are stable: metrics and log lines are made of them. */
export interface Reporter {
  count(name: CounterName, amount?: number): void;
  /** What is so now. */
  gauge(name: GaugeName, value: number): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  /** Someone has to look: a promise may be in danger. */
  alarm(message: string, fields?: Record<string, unknown>): void;
}

export const counterNames = [
  "claim_won",
  "claim_repeat",
  "claim_pending",
  "claim_sold_out",
  "sold_out_remembered",
  "claim_not_open",
  "claim_closed",
  "claim_paused",
  "claim_unavailable",
  "gate_fenced",
  "gate_unknown",
  "log_unacknowledged",
  "seats_confirmed",
  "seats_swept",
  "coupons_issued",
  "records_redelivered",
  "records_parked",
  "records_replayed",
  "records_conflicting",
  "seats_repaired",
  "events_archived",
  "rebuilds",
] as const;
export type CounterName = (typeof counterNames)[number];

export const gaugeNames = [
  "epoch",
  "gate_open",
  "seats_pending",
  "events_closed",
  "seats_without_row",
  "reconcile_differences",
] as const;
export type GaugeName = (typeof gaugeNames)[number];

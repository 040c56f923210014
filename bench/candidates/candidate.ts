/** Something that answers claims over HTTP and can be measured: ours, one of the other ways, or the bare yardstick. */
import type { Row } from "../lib/audit.ts";

export const OURS = "ours";
export const YARDSTICK = "L0";

export type Candidate = {
  /** the word for tables and ratios: "ours", "way 7", "L0" */
  name: string;
  title: string;
  port: number;
  /** runs our core: then the run counts as failed unless every audit is clean */
  isOurs: boolean;
  pids: { web: number[]; worker: number[] };
  /** null for the yardstick, which keeps none */
  books: Books | null;
};

/** What a candidate has written down about its events. */
export type Books = {
  /** false: a claim is never answered with "won" */
  tells: boolean;
  /** Opens a new event, and resolves when it takes claims. @returns its id */
  open(limit: number): Promise<number>;
  progress(eventId: number): Promise<Progress>;
  rows(eventId: number): Promise<Row[]>;
  /** How many records its log has taken in so far; null without a log. */
  logLength(): Promise<number | null>;
};

/** How far an event's coupons have come. */
export type Progress = {
  /** taken: each has or will get a coupon; null where only the rows know */
  seats: number | null;
  rows: number;
  /** further work that is known to be under way */
  onTheWay: number;
};

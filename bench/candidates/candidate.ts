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
  /** Seats that are taken and have or will get a coupon; null where only the rows know. */
  seats(eventId: number): Promise<number | null>;
  /** Whether anything is still on its way to the rows. */
  atRest(eventId: number): Promise<boolean>;
  rows(eventId: number): Promise<Row[]>;
  /** How many records its log has taken in so far; null without a log. */
  logLength(): Promise<number | null>;
};

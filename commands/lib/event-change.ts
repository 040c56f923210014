/** The arguments of `event:set`, each with a sentence of its own when it is wrong. */
import { type EventChange, ISSUE_LIMIT_MAX } from "#server/coupon/coupon-event";
import { type Moment, parseMoment } from "./moment.ts";
import { eventId, oneOf, readOptions, wholeNumber } from "./options.ts";
import { UsageError } from "./usage.ts";

export const statuses = ["active", "paused", "closed"] as const;

/** `closesAt` stays a moment until the gate's clock is known; null: no close. */
export type ChangeWish = { eventId: number; change: EventChange; closesAt?: Moment | null };

/** @param args of `event:set`. @throws UsageError */
export function readChange(args: string[]): ChangeWish {
  const given = readOptions(args, { event: "one", status: "one", limit: "one", "closes-at": "one" });
  const wish: ChangeWish = { eventId: eventId(given.event), change: {} };
  if (given.status !== undefined) wish.change.status = oneOf("--status", given.status, statuses);
  if (given.limit !== undefined)
    wish.change.issueLimit = wholeNumber("--limit", given.limit, { min: 1, max: ISSUE_LIMIT_MAX });
  const closesAt = given["closes-at"];
  if (closesAt !== undefined)
    wish.closesAt = closesAt === "none" ? null : parseMoment("--closes-at", closesAt);
  if (Object.keys(given).length === 1)
    throw new UsageError("nothing to change: give --status, --limit or --closes-at");
  return wish;
}

/** The arguments of `event:create`, each with a sentence of its own when it is wrong. */
import {
  discountTypes,
  displayName,
  ISSUE_LIMIT_MAX,
  type NewCouponEvent,
  newCouponEvent,
} from "#server/coupon/coupon-event";
import { momentMs, parseMoment } from "./moment.ts";
import { oneOf, readOptions, required, wholeNumber } from "./options.ts";
import { UsageError } from "./usage.ts";

const AMOUNT_MAX = { FIXED_AMOUNT: 1_000_000_000, PERCENT: 100 } as const;
const AMOUNT_DEFAULT = { FIXED_AMOUNT: 1000, PERCENT: 10 } as const;

/**
 * @param args of `event:create`
 * @returns the event for a given now (UTC milliseconds), since moments may be counted from it
 * @throws UsageError, as does the result
 */
export function readNewEvent(args: string[]): (nowMs: number) => NewCouponEvent {
  const given = readOptions(args, {
    name: "one",
    limit: "one",
    "opens-at": "one",
    "closes-at": "one",
    "expires-at": "one",
    "discount-type": "one",
    "discount-amount": "one",
  });
  const name = readName(required("--name", given.name));
  const issueLimit = wholeNumber("--limit", required("--limit", given.limit), {
    min: 1,
    max: ISSUE_LIMIT_MAX,
  });
  const opensAt = parseMoment("--opens-at", given["opens-at"] ?? "+0s");
  const closesAt = given["closes-at"] === undefined ? null : parseMoment("--closes-at", given["closes-at"]);
  const expiresAt = parseMoment("--expires-at", given["expires-at"] ?? "+30d");
  const discount = readDiscount(given["discount-type"], given["discount-amount"]);

  return (nowMs) => {
    const parsed = newCouponEvent.safeParse({
      ...{ displayName: name, issueLimit, discount },
      opensAtMs: momentMs(opensAt, nowMs),
      closesAtMs: closesAt && momentMs(closesAt, nowMs),
      expiresAtMs: momentMs(expiresAt, nowMs),
    });
    if (parsed.success) return parsed.data;
    throw new UsageError(parsed.error.issues.map(({ message }) => inOptions(message)).join("\n"));
  };
}

function readName(given: string): string {
  const name = displayName.safeParse(given);
  if (name.success) return name.data;
  throw new UsageError(name.error.issues.map(({ message }) => `--name ${message}`).join("\n"));
}

function readDiscount(type: string | undefined, amount: string | undefined): NewCouponEvent["discount"] {
  const discountType = oneOf("--discount-type", type ?? "FIXED_AMOUNT", discountTypes);
  const max = AMOUNT_MAX[discountType];
  const value =
    amount === undefined
      ? AMOUNT_DEFAULT[discountType]
      : wholeNumber("--discount-amount", amount, { min: 1, max });
  return { type: discountType, amount: value };
}

/** The core's rules name fields; whoever typed the command knows options. */
function inOptions(message: string): string {
  return message.replace(/\b(opens|closes|expires)At\b/g, "--$1-at");
}

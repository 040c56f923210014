/** `npm run event:create`: writes a coupon event, waits until its gate is open, and prints it. */
import {
  DISPLAY_NAME_LENGTH_MAX,
  discountTypes,
  ISSUE_LIMIT_MAX,
  type NewCouponEvent,
  newCouponEvent,
} from "#server/coupon/coupon-event";
import { commandEnv } from "#server/env";
import { eventView } from "./lib/event-view.ts";
import { momentMs, parseMoment } from "./lib/moment.ts";
import { oneOf, readOptions, required, wholeNumber } from "./lib/options.ts";
import { connectCommand, until } from "./lib/parts.ts";
import { CommandError, runCommand } from "./lib/run-command.ts";
import { UsageError } from "./lib/usage.ts";

const HELP = `npm run event:create -- --name <text> --limit <number> [options]

  --name             what people see, 1 to ${DISPLAY_NAME_LENGTH_MAX} characters
  --limit            how many coupons there are, 1 to ${ISSUE_LIMIT_MAX}
  --opens-at         when claims begin (now)
  --closes-at        when claims end (never: until sold out or closed)
  --expires-at       until when the coupons can be used (+30d)
  --discount-type    ${discountTypes.join(" or ")} (FIXED_AMOUNT)
  --discount-amount  won, or percent up to 100 (1000, or 10 for PERCENT)

Moments are ISO 8601 with an offset (2030-01-31T10:00:00+09:00), or counted from now: +30s, +15m, +2h, +7d.
Prints the event as one line of JSON when its gate is open. Exit code 0; 1 when it failed; 2 for wrong arguments.`;

const AMOUNT_MAX = { FIXED_AMOUNT: 1_000_000_000, PERCENT: 100 } as const;
const AMOUNT_DEFAULT = { FIXED_AMOUNT: 1000, PERCENT: 10 } as const;
const OPEN_TIMEOUT_MS = 30_000;

await runCommand({ help: HELP, run });

async function run(args: string[]) {
  const eventAt = readEvent(args);
  // Whatever is wrong is said before anything is connected; the gate's clock then decides about "now".
  eventAt(Date.now());
  const env = commandEnv();
  const parts = connectCommand(env);
  try {
    const event = await parts.events.createEvent(eventAt(await parts.gateNowMs()));
    const status = await until(parts.clock, OPEN_TIMEOUT_MS, () => parts.askGate(event.id));
    if (status) return { result: eventView(event, status) };
    throw new CommandError(
      `The event is written, with id ${event.id}, but nobody opened its gate within ${OPEN_TIMEOUT_MS / 1000} s: ` +
        "a worker must run (npm start, or node worker/main.ts). It will open it as soon as it does.",
    );
  } finally {
    await parts.close();
  }
}

/** @returns the event for a given now, since moments may be counted from it. @throws UsageError, as does the result */
function readEvent(args: string[]): (nowMs: number) => NewCouponEvent {
  const given = readOptions(args, {
    name: "one",
    limit: "one",
    "opens-at": "one",
    "closes-at": "one",
    "expires-at": "one",
    "discount-type": "one",
    "discount-amount": "one",
  });
  const displayName = required("--name", given.name).trim();
  if (displayName.length < 1 || displayName.length > DISPLAY_NAME_LENGTH_MAX)
    throw new UsageError(`--name must have 1 to ${DISPLAY_NAME_LENGTH_MAX} characters`);
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
      ...{ displayName, issueLimit, discount },
      opensAtMs: momentMs(opensAt, nowMs),
      closesAtMs: closesAt && momentMs(closesAt, nowMs),
      expiresAtMs: momentMs(expiresAt, nowMs),
    });
    if (parsed.success) return parsed.data;
    throw new UsageError(parsed.error.issues.map((issue) => inOptions(issue.message)).join("\n"));
  };
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

/** `npm run event:create`: writes a coupon event, waits until its gate is open, and prints it. */
import { DISPLAY_NAME_LENGTH_MAX, discountTypes, ISSUE_LIMIT_MAX } from "#server/coupon/coupon-event";
import { viewByGate } from "#server/coupon/list";
import { commandEnv } from "#server/env";
import { presentEvent } from "#server/event-json";
import { readNewEvent } from "./lib/new-event.ts";
import { connectCommand, until } from "./lib/parts.ts";
import { CommandError, runCommand } from "./lib/run-command.ts";

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

const OPEN_TIMEOUT_MS = 30_000;

await runCommand({ help: HELP, run });

async function run(args: string[]) {
  const eventAt = readNewEvent(args);
  // Whatever is wrong is said before anything is connected; the gate's clock then decides about "now".
  eventAt(Date.now());
  const env = commandEnv();
  const parts = connectCommand(env);
  try {
    const event = await parts.events.createEvent(eventAt(await parts.gateNowMs()));
    const status = await until(parts.clock, OPEN_TIMEOUT_MS, () => parts.askGate(event.id));
    if (status) return { result: presentEvent(viewByGate(event, status)) };
    throw new CommandError(
      `The event is written, with id ${event.id}, but nobody opened its gate within ${OPEN_TIMEOUT_MS / 1000} s: ` +
        "a worker must run (npm start, or node worker/main.ts). It will open it as soon as it does.",
    );
  } finally {
    await parts.close();
  }
}

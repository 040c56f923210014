/** `npm run event:set`: changes an event, and returns when its gate obeys. */
import { type CouponEvent, gateSettings } from "#server/coupon/coupon-event";
import { viewByGate } from "#server/coupon/list";
import { EventChangeError, type GateStatus } from "#server/coupon/ports";
import { commandEnv } from "#server/env";
import { presentEvent } from "#server/event-json";
import { type ChangeWish, readChange, statuses } from "./lib/event-change.ts";
import { momentMs } from "./lib/moment.ts";
import { type CommandParts, connectCommand, until } from "./lib/parts.ts";
import { CommandError, runCommand } from "./lib/run-command.ts";
import { UsageError } from "./lib/usage.ts";

const HELP = `npm run event:set -- --event <id> [--status <status>] [--limit <number>] [--closes-at <moment>]

  --event      which event
  --status     ${statuses.join(", ")}
  --limit      the new number of coupons; it only grows
  --closes-at  when claims end; none: not before it is sold out or closed

Moments are ISO 8601 with an offset (2030-01-31T10:00:00+09:00), or counted from now: +30s, +15m, +2h, +7d.
Prints the event as one line of JSON when its gate obeys. Exit code 0; 1 when it failed; 2 for wrong arguments.`;

/** Covers a rebuild that is under way, and the delay of a raised limit. */
const OBEY_TIMEOUT_MS = 30_000;

await runCommand({ help: HELP, run });

async function run(args: string[]) {
  const wish = readChange(args);
  const env = commandEnv();
  const parts = connectCommand(env);
  try {
    const event = await change(parts, wish);
    const status = await until(parts.clock, OBEY_TIMEOUT_MS, () => obeyed(parts, event));
    if (status) return { result: presentEvent(viewByGate(event, status)) };
    throw new CommandError(
      `The change is written, as version ${event.version} of event ${event.id}, but the gate did not confirm it within ` +
        `${OBEY_TIMEOUT_MS / 1000} s: a worker must run (npm start, or node worker/main.ts). It will see to it as soon as it does.`,
    );
  } finally {
    await parts.close();
  }
}

async function change(parts: CommandParts, { eventId, change, closesAt }: ChangeWish): Promise<CouponEvent> {
  const nowMs = await parts.gateNowMs();
  if (closesAt !== undefined) change.closesAtMs = closesAt && momentMs(closesAt, nowMs);
  try {
    return await parts.events.changeEvent(eventId, change).catch((error: unknown) => {
      if (!(error instanceof EventChangeError)) throw error;
      // It may have lost a race with another change; against a rule the second try fails as well.
      return parts.events.changeEvent(eventId, change);
    });
  } catch (error) {
    if (error instanceof EventChangeError) throw new UsageError(error.message);
    throw error;
  }
}

/** Tells the gate, and believes only what its status says. @returns null while it does not obey this version yet */
async function obeyed(
  { gate, lease, askGate }: CommandParts,
  event: CouponEvent,
): Promise<GateStatus | null> {
  const status = await askGate(event.id);
  if (!status) return null;
  if (status.settings.version >= event.version) return status.limitEffectiveInMs > 0 ? null : status;
  const epoch = lease.current()?.epoch;
  if (epoch !== undefined)
    await gate.configure({ epoch, eventId: event.id, settings: gateSettings(event) }).catch(() => null);
  return null;
}

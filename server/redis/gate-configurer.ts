/** The operator's side of the gate: limit, window and status. */
import type { GateSettings } from "#server/coupon/coupon-event";
import { type GateConfigurer, LIMIT_RAISE_DELAY_MS } from "#server/coupon/ports";
import type { RedisClient } from "./client.ts";
import { runScript } from "./run-script.ts";

/** Applies newer settings to an open gate. */
export function gateConfigurer(client: RedisClient): GateConfigurer {
  return {
    async configure({ epoch, eventId, settings }) {
      const args = [...settingsArguments(settings), LIMIT_RAISE_DELAY_MS];
      const answer = await runScript<[number, number]>(client, { script: "configure", epoch, eventId, args });
      if (answer.fenced) return answer;
      const [version, limitEffectiveInMs] = answer.value;
      return { fenced: false, value: { version, limitEffectiveInMs } };
    },
  };
}

/** The first five arguments of configure.lua and of open.lua. */
export function settingsArguments(settings: GateSettings): (string | number)[] {
  const { version, limit, opensAtMs, closesAtMs, status } = settings;
  return [version, limit, opensAtMs, closesAtMs ?? "", status];
}

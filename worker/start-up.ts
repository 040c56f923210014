/** Waiting for the services at start-up. What is not there yet may come; what is set wrong will not. */
import type { Clock, Reporter } from "#server/coupon/ports";
import { TopicSettingsError } from "#server/kafka/topic";
import { seedDemo } from "#server/mysql/seed";
import { checkRedis, UnsuitableRedisError } from "#server/redis/check-redis";
import { orRefused, RefusedError, type ServiceName } from "#server/refusal";
import type { WorkerParts } from "./parts.ts";

const RETRY_EVERY_MS = 1000;
const REDIS_READY_TIMEOUT_MS = 3000;

/** Whether trying again is of no use before somebody has changed a setting. Its message is a sentence for them. */
export function isWrongSetting(error: unknown): error is Error {
  return [UnsuitableRedisError, TopicSettingsError, RefusedError].some((kind) => error instanceof kind);
}

/**
 * Resolves when every service has answered and fits, or when the signal is aborted.
 * @throws an error that `isWrongSetting` knows
 */
export async function startUp(
  parts: WorkerParts,
  options: { seed: "none" | "demo"; signal: AbortSignal; clock: Clock; reporter: Reporter },
): Promise<void> {
  const { seed, signal, clock, reporter } = options;
  const steps: [service: ServiceName, step: () => Promise<unknown>][] = [
    ["MySQL", () => parts.epochs.currentEpoch()],
    ["MySQL", () => parts.reader.epochs.currentEpoch()],
    ["Redis", () => checkRedis({ redis: parts.redis, log: reporter, timeoutMs: REDIS_READY_TIMEOUT_MS })],
    ["Kafka", () => parts.markers.ensureTopic(parts.target)],
    [
      "Kafka",
      () => parts.reader.kafka.withAdmin("asking for the brokers", (admin) => admin.describeCluster()),
    ],
  ];
  if (seed === "demo") steps.push(["MySQL", () => seedDemo({ mysql: parts.mysql, reporter })]);
  for (const [service, step] of steps) {
    while (!signal.aborted) {
      try {
        await orRefused(service, step());
        break;
      } catch (error) {
        if (isWrongSetting(error)) throw error;
        if (signal.aborted) return;
        reporter.warn(`waiting for ${service}`, { error });
        await clock.sleep(RETRY_EVERY_MS, signal);
      }
    }
  }
}
